#: lesson Dtypes and memory
#: about  What an element costs, and what a small one cannot hold.

## All elements of an array have one type, its dtype. That is why they can lie side by side, and
## why one machine instruction can work on several at once.

x = np.arange(1_000_000)
x.dtype, x.itemsize, x.nbytes
#> (dtype('int64'), 8, 8000000)

## int64 and float64 are what you get without asking: 8 bytes an element. A smaller dtype holds
## the same numbers in less.

x.astype(np.int32).nbytes, x.astype(np.float32).nbytes
#> (4000000, 4000000)

np.arange(100, dtype=np.int8).nbytes
#> 100

## Memory is not only room. Most array operations wait for memory rather than for arithmetic, so
## half the bytes are often half the time. Measure it, for that depends on the operation and the
## machine:

f64 = np.ones(1_000_000); f32 = f64.astype(np.float32)

%timeit -r 3 f64 + f64
#> … per loop

%timeit -r 3 f32 + f32
#> … per loop

## What a small dtype cannot do is hold large numbers. An int8 goes from -128 to 127; past that it
## comes out at the other end, as an odometer does.

np.iinfo(np.int8).max, np.iinfo(np.int32).max, np.iinfo(np.int64).max
#> (127, 2147483647, 9223372036854775807)

small = np.array([100, 120], dtype=np.int8)
small + 10
#> [ 110 -126]
#> RuntimeWarning: integer overflow encountered in add: 120 + 10 at [1] is 130, which int8 does not hold; int16 does

## NumPy gives the same numbers and says nothing. arr warns, and names a dtype that would do:

small.astype(np.int16) + 10
#> [110 130]

## A float32 has 24 bits for its digits, about 7 decimal places. Whole numbers above 2²⁴ no longer
## all exist:

np.float32(16_777_216) + np.float32(1)
#> 1.6777216e+07

## Sums are looked after: `sum` of small integers adds in int64. A float32 sum stays float32,
## unless you ask.

np.full(1000, 100, dtype=np.int8).sum()
#> 100000

## When two dtypes meet, the result has one that holds both. int32 and float32 meet in float64,
## since float32 has too few digits for an int32. A plain number, as the 2 in `f32 * 2`, takes the
## dtype of the array.

%dtype int32 + float32
#> …

(f32 * 2).dtype, (f32 * f64).dtype, (small + 2).dtype
#> (dtype('float32'), dtype('float64'), dtype('int8'))

#: exercise bytes
## How many bytes would the elements of `x` take as float32? Compute it without making that array.
#: setup
x = np.arange(1200.0).reshape(30, 40)
#: also
x = np.zeros(0)
#: limit peak <= 100 B
#: hint So many elements, and so many bytes for each.
#: hint `np.dtype(np.float32).itemsize` is 4.
#: answer
x.size * 4
#: wrong peak
# x.astype(np.float32).nbytes
#: wrong not equal
# x.nbytes
#: end

#: exercise smallest
## The elements of `ages` lie between 0 and 120. Give the same numbers in the smallest signed
## integer dtype that holds them.
#: setup
ages = np.array([31, 4, 78, 120])
#: also
ages = np.array([0])
#: limit copies <= 1
#: hint The signed dtypes are int8, int16, int32 and int64; int8 ends at 127.
#: hint `astype` converts.
#: answer
ages.astype(np.int8)
#: wrong dtype int16, wanted int8
# ages.astype(np.int16)
#: end

#: exercise average
## Write `average(p)` for pixels `p` of dtype uint8: the mean of each two neighbours (rounded
## down), again as uint8. Careful: the sum of two pixels may not fit uint8.
#: setup
p = np.array([10, 20, 200, 250, 0], dtype=np.uint8)
#: also
p = np.array([255, 255, 255], dtype=np.uint8)
#: gives average(p)
#: limit no loop
#: hint `p[:-1]` and `p[1:]` are the neighbours.
#: hint Convert to a wider dtype before adding: `p.astype(np.uint16)`.
#: hint `//` divides and rounds down; convert back at the end.
#: answer
fn average(p) {
    wide = p.astype(np.uint16)
    ((wide[:-1] + wide[1:]) // 2).astype(np.uint8)
}
#: wrong not equal
# fn average(p) = (p[:-1] + p[1:]) // 2
#: wrong dtype uint16, wanted uint8
# fn average(p) = (p[:-1].astype(np.uint16) + p[1:]) // 2
#: end

#: exercise keep
## `x` is a float32 array. Divide it by its largest element; the result is to stay float32.
#: setup
x = np.array([1.0, 2.0, 4.0], dtype=np.float32)
#: also
x = np.array([[8.0, 2.0]], dtype=np.float32)
#: hint An array's own maximum has its dtype.
#: answer
x / x.max()
#: wrong dtype float64, wanted float32
# x / np.float64(x.max())
#: end

## Choose the smallest dtype that safely holds your data, and also what you compute on the way. If
## in doubt, stay with 64 bits: a wrong result is never fast enough.

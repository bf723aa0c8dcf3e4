#: lesson Scans and differences
#: about  cumsum, its relatives, differences, and what is no scan.

## A reduction keeps the last result; a scan keeps all of them on the way. The running total of a
## week's rainfall:

rain = np.array([4, 0, 7, 1, 0, 12, 3])
np.cumsum(rain)
#> [ 4  4 11 12 12 24 27]

## In APL's notation a scan is a backslash after the function, as a reduction is a slash. Any
## function of two arguments can be scanned: the running maximum tells the record so far.

+\ rain
#> [ 4  4 11 12 12 24 27]

⌈\ rain
#> [ 4  4  7  7  7 12 12]

## NumPy spells these `np.add.accumulate` and `np.maximum.accumulate`. `cumprod` is the running
## product: growth of 10 %, 20 % and -5 %, one after the other.

np.cumprod([1.10, 1.20, 0.95]).round(4)
#> [1.1   1.32  1.254]

## The inverse of a running sum is the difference of neighbours, `np.diff`. It is one element
## shorter; `prepend=0` gives the start back.

total = np.cumsum(rain)
np.diff(total), np.diff(total, prepend=0)
#> (array([ 0,  7,  1,  0, 12,  3]), array([ 4,  0,  7,  1,  0, 12,  3]))

## Running totals answer a question about any stretch at once. The rain from day i up to, not
## including, day j is one subtraction, however long the stretch:

c = np.concatenate(([0], np.cumsum(rain)))
c[5] - c[2], rain[2:5].sum()
#> (np.int64(8), np.int64(8))

## So all sums over windows of three days are one subtraction of two slices.

c[3:] - c[:-3]
#> [11  8  8 13 15]

## `axis` works as it does for reductions; the shape stays.

np.cumsum(np.arange(6).reshape(2, 3), axis=1)
#> [[ 0  1  3]
#>  [ 3  7 12]]

## A scan may look as if each step depended on the one before, and yet it is fast: the addition is
## associative, the machine may regroup it. What has a memory of its own is no scan: `a[i] =
## a[i-1] * 0.5 + x[i]` has to be written as a loop (or as a filter). That is what loops are for.

a = rain.astype(float)
for i in range(1, len(a)) { a[i] = a[i-1] * 0.5 + a[i] }
a.round(2)
#> [ 4.    2.    8.    5.    2.5  13.25  9.62]

#: exercise balance
## An account begins with `start`; `moves` are paid in (positive) or out. Give the balance after
## each move.
#: setup
start = 100; moves = np.array([50, -30, -80, 10])
#: also
start = 0; moves = np.array([1])
#: limit no loop
#: hint The running total of the moves, and the start on top of it.
#: answer
start + np.cumsum(moves)
#: wrong not equal
# np.cumsum(moves)
#: wrong shape (), wanted (4,)
# start + moves.sum()
#: end

#: exercise records
## Which days set a new record: are larger than all days before? Give a mask; the first day
## counts.
#: setup
x = np.array([3, 1, 4, 4, 5, 2, 9])
#: also
x = np.array([-2, -1, -5])
#: limit no loop
#: hint Compare each day with the running maximum of the days before it.
#: hint For the first day there is none: put `True` in front, or begin with something smaller than
## everything.
#: hint `np.maximum.accumulate(x)[:-1]` is the record before each day but the first.
#: answer
np.concatenate(([True], x[1:] > np.maximum.accumulate(x)[:-1]))
#: wrong not equal
# x == np.maximum.accumulate(x)
#: wrong shape (6,), wanted (7,)
# x[1:] > np.maximum.accumulate(x)[:-1]
#: end

#: exercise drawdown
## How far is each price in `p` below the highest so far, as a share of that highest?
#: setup
p = np.array([10.0, 12.0, 9.0, 12.0, 6.0])
#: also
p = np.array([1.0, 2.0, 4.0])
#: limit no loop
#: hint Call the running maximum `top`; the share is `(top - p) / top`.
#: answer
1 - p / np.maximum.accumulate(p)
#: wrong not equal
# 1 - p / p.max()
#: end

#: exercise window
## Write `means(x, k)`: the mean of each `k` neighbours in `x`, with a running total, so that its
## time does not grow with `k`.
#: setup
x = np.array([1.0, 2.0, 6.0, 3.0, 3.0])
#: also
x = np.arange(6.0) ** 2
#: gives means(x, 3)
#: limit no loop
#: limit uses cumsum, +\, add.accumulate
#: hint Put a 0 in front of the running total.
#: hint `c[k:] - c[:-k]` are the sums of the windows.
#: answer
fn means(x, k) {
    c = np.concatenate(([0.0], np.cumsum(x)))
    (c[k:] - c[:-k]) / k
}
#: wrong does not use
# fn means(x, k) = np.convolve(x, np.ones(k) / k, mode="valid")
#: wrong shape (2,), wanted (3,)
# fn means(x, k) {
#     c = np.cumsum(x)
#     (c[k:] - c[:-k]) / k
# }
#: end

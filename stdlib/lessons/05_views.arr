#: lesson Views and copies
#: about  Which operations share memory, and which make a new array.

## An array is two things: a buffer of numbers, and a description of how to read it: where to
## begin, the shape, and how far to step along each axis. Many operations only make a new
## description. Their result is a view: it shares the buffer.

x = np.arange(12)
m = x.reshape(3, 4)
m
#> [[ 0  1  2  3]
#>  [ 4  5  6  7]
#>  [ 8  9 10 11]]

m[0, 0] = 100
x
#> [100   1   2   3   4   5   6   7   8   9  10  11]

## `m` and `x` are two ways to look at the same twelve numbers. `base` and `shares_memory` say so,
## and `%layout` draws it.

np.shares_memory(x, m), m.base is x
#> (True, True)

%layout m[:, 1]
#> …

## Slices, `.T`, and `reshape` where it can be are views; they take the same time for ten elements
## as for ten million.

np.shares_memory(m, m[1:, ::2]), np.shares_memory(m, m.T)
#> (True, True)

## Indexing with a list of places or with a mask picks elements that follow no regular step. That
## needs a new buffer: a copy. So do `astype`, `flatten` and of course `copy`.

np.shares_memory(m, m[[0, 2]]), np.shares_memory(m, m[m > 5])
#> (False, False)

## `ravel` gives a view if it can, `flatten` always a copy. A transposed matrix cannot be read as
## one regular run, so there `ravel` has to copy as well.

np.shares_memory(m, m.ravel()), np.shares_memory(m, m.flatten()), np.shares_memory(m, m.T.ravel())
#> (True, False, False)

## Two traps. A view that you write to changes what it came from; if you do not want that, say
## `.copy()`. And writing to a copy changes nothing else: here, 9 goes into an array that is
## thrown away.

m[[0, 1]][0] = 9
m[0]
#> [100   1   2   3]

## Written as one indexing, it reaches the array itself:

m[[0, 1], 0] = 9
m[:, 0]
#> [9 9 8]

## Results cost memory too. `a * 2 + 1` needs one new array; `a *= 2; a += 1` needs none, since
## `*=` writes into what is there. `out=` does the same for functions.

a = np.arange(4.0)
np.sqrt(a, out=a);
a
#> [0.         1.         1.41421356 1.73205081]

#: exercise view
## Give every second row of `m`, the first included, without copying anything.
#: setup
m = np.arange(20).reshape(5, 4)
#: also
m = np.arange(6).reshape(6, 1)
#: limit view of m
#: limit copies <= 0
#: hint A slice with a step: `start:stop:step`.
#: answer
m[::2]
#: wrong a copy, not a view of m
# m[[i for i in range(0, len(m), 2)]]
#: wrong shape (2, 4), wanted (3, 4)
# m[1::2]
#: end

#: exercise safe
## Write `top(x)`, which gives the first three elements of `x` as an array of their own: writing
## to it must leave `x` as it is.
#: setup
x = np.array([5, 6, 7, 8])
#: also
x = np.array([1.5, 2.5])
#: gives top(x)
#: limit copy
#: limit copies <= 1
#: hint A slice is a view.
#: hint `.copy()`
#: answer
fn top(x) = x[:3].copy()
#: wrong shares memory with x, wanted a copy
# fn top(x) = x[:3]
#: end

#: exercise inplace
## Add 10 to the last column of `m`, where it stands: without any new array.
#: setup
m = np.zeros((3, 4))
#: also
m = np.arange(6.0).reshape(2, 3)
#: gives m
#: limit in place m
#: limit arrays <= 0
#: hint `m[:, -1]` is a view of the last column.
#: hint `+=` writes into its left side.
#: answer
m[:, -1] += 10
#: wrong m is another array now
# m = m + np.array([0.0] * (m.shape[1] - 1) + [10.0])
#: wrong not equal
# m += 10
#: end

#: exercise normalize
## Divide `x` by its sum, in place, so that it adds up to 1. The array that `x` names must stay
## the same one.
#: setup
x = np.array([1.0, 3.0, 4.0])
#: also
x = np.ones(5)
#: gives x
#: limit in place x
#: limit temporaries <= 0
#: hint `/=` is to `/` as `+=` is to `+`.
#: answer
x /= x.sum()
#: wrong x is another array now
# x = x / x.sum()
#: end

#: exercise diagonal
## Set the diagonal of the square matrix `m` to zero through a view: every (n + 1)-th element of
## its buffer.
#: setup
m = np.ones((3, 3))
#: also
m = np.arange(16.0).reshape(4, 4)
#: gives m
#: limit no loop
#: limit copies <= 0
#: hint `m.ravel()` is a view of all elements in a row, as long as `m` lies in order.
#: hint Take a slice of it with a step of `len(m) + 1`, and assign.
#: answer
m.ravel()[::len(m) + 1] = 0
#: wrong a loop
# for i in range(len(m)) { m[i, i] = 0 }
#: wrong not equal
# m.flatten()[::len(m) + 1] = 0
#: end

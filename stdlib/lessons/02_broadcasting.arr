#: lesson Broadcasting
#: about  How arrays of different shapes meet, without copies.

## `prices * 1.2` met an array with a single number, and the number acted as if it were as long as
## the array. That is broadcasting, and it works for arrays of different shapes too.

m = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
row = np.array([10, 20, 30])
m + row
#> [[11 22 33]
#>  [14 25 36]
#>  [17 28 39]]

## The row was added to every row of the matrix. No copy of it was made: the addition read the
## same three numbers again for each row.
##
## The rule: write the two shapes below each other, flush right. Going from the right, two lengths
## fit if they are equal or if one of them is 1; a missing length counts as 1. An axis of length 1
## is stretched to the length of the other.

m.shape, row.shape
#> ((3, 3), (3,))

%broadcast (3, 3) (3,)
#> …

## To add a column instead, the three numbers have to lie along the first axis: shape (3, 1). `[:,
## None]` puts an axis of length 1 where `None` stands (`np.newaxis` is another name for it).

column = row[:, None]
column.shape
#> (3, 1)

m + column
#> [[11 12 13]
#>  [24 25 26]
#>  [37 38 39]]

## A column and a row stretch each other: (3, 1) and (4,) give (3, 4). That is how every pair of
## two vectors meets, without a loop.

row[:, None] + np.array([1, 2, 3, 4])
#> [[11 12 13 14]
#>  [21 22 23 24]
#>  [31 32 33 34]]

## Where the shapes do not fit, you get an error that draws them. Read it once at leisure, it is
## the one you will see most often:

m + np.array([1, 2])
#> error[arr::shape::broadcast]: operands could not be broadcast together: shapes (3, 3) and (2,)

## Statistics along an axis lose that axis. `keepdims=True` keeps it with length 1, so that the
## result broadcasts back against the array it came from.

m.mean(axis=1).shape, m.mean(axis=1, keepdims=True).shape
#> ((3,), (3, 1))

m - m.mean(axis=1, keepdims=True)
#> [[-1.  0.  1.]
#>  [-1.  0.  1.]
#>  [-1.  0.  1.]]

## `np.broadcast_to` shows what a stretched array looks like. Its stride along the stretched axis
## is 0: each step stays on the same number.

np.broadcast_to(row, (3, 3)).strides
#> (0, 8)

#: exercise shift
## Subtract 100 from each element of the first column of `m`, 200 from the second, 300 from the
## third; as one expression.
#: setup
m = np.arange(12).reshape(4, 3)
#: also
m = np.zeros((1, 3), dtype=int)
#: limit no loop
#: hint One number for each column is a row: shape (3,).
#: answer
m - np.array([100, 200, 300])
#: wrong error
# m - np.array([100, 200, 300])[:, None]
#: wrong a loop
# np.array([r - np.array([100, 200, 300]) for r in m])
#: end

#: exercise scale
## `weights` has one number for each row of `m`. Multiply each row by its weight.
#: setup
m = np.arange(6.0).reshape(3, 2)
weights = np.array([1.0, 0.5, 2.0])
#: also
m = np.ones((2, 2)); weights = np.array([3.0, 4.0])
#: limit no loop
#: limit arrays <= 1
#: hint `weights` must become a column, shape (3, 1).
#: hint `weights[:, None]`
#: answer
m * weights[:, None]
#: wrong not equal
# (m.T * weights[::-1]).T
#: wrong error
# m * weights
#: end

#: exercise center
## Write `center(m)`, which subtracts from every column of `m` its own mean.
#: setup
m = np.array([[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]])
#: also
m = np.arange(12.0).reshape(2, 6)
#: gives center(m)
#: limit no loop
#: hint The mean of each column is `m.mean(axis=0)`: axis 0, the rows, goes.
#: hint Its shape fits without anything more: (2,) against (3, 2).
#: answer
fn center(m) = m - m.mean(axis=0)
#: wrong not equal
# fn center(m) = m - m.mean()
#: wrong error
# fn center(m) = m - m.mean(axis=1)
#: end

#: exercise distances
## `a` and `b` hold positions on a line. Give the matrix of all distances: in row i and column j,
## how far `a[i]` is from `b[j]`.
#: setup
a = np.array([0.0, 2.0, 5.0])
b = np.array([1.0, 4.0])
#: also
a = np.arange(4.0); b = a * 2
#: limit no loop
#: limit arrays <= 2
#: hint A column of `a` against a row of `b` makes all pairs.
#: hint `abs` gives distances, whatever the order.
#: answer
np.abs(a[:, None] - b)
#: wrong shape (2, 3), wanted (3, 2)
# np.abs(b[:, None] - a)
#: wrong not equal
# a[:, None] - b
#: end

## Before you write `np.tile` or `np.repeat` to make shapes equal: broadcasting most likely does
## it for you, without the memory.

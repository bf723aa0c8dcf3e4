#: lesson Outer products
#: about  Every element of one array with every element of another.

## A table of multiplication has a row for each number and a column for each number. Two nested
## loops write it; so does one outer product.

n = np.arange(1, 6)
n[:, None] * n
#> [[ 1  2  3  4  5]
#>  [ 2  4  6  8 10]
#>  [ 3  6  9 12 15]
#>  [ 4  8 12 16 20]
#>  [ 5 10 15 20 25]]

## It is broadcasting again: a column of shape (5, 1) and a row of shape (5,) meet as (5, 5).
## `np.outer` is the same for products; `np.multiply.outer` and its like for any operation of two
## numbers.

np.outer(n, [1, 10])
#> [[ 1 10]
#>  [ 2 20]
#>  [ 3 30]
#>  [ 4 40]
#>  [ 5 50]]

np.add.outer(n, n)
#> [[ 2  3  4  5  6]
#>  [ 3  4  5  6  7]
#>  [ 4  5  6  7  8]
#>  [ 5  6  7  8  9]
#>  [ 6  7  8  9 10]]

## In APL's notation the outer product of any function is `∘.` before it: `∘.×`, `∘.+`, and also
## comparisons. (Type `\jot` and Tab for `∘`.)

n ∘.× n
#> [[ 1  2  3  4  5]
#>  [ 2  4  6  8 10]
#>  [ 3  6  9 12 15]
#>  [ 4  8 12 16 20]
#>  [ 5 10 15 20 25]]

n ∘.≥ n
#> [[ True False False False False]
#>  [ True  True False False False]
#>  [ True  True  True False False]
#>  [ True  True  True  True False]
#>  [ True  True  True  True  True]]

## That last one is a lower triangle: row ≥ column. Comparing all pairs is how you find which
## elements of one array occur in another, or which are equal:

colours = np.array([2, 0, 1, 2]); kinds = np.arange(3)
colours[:, None] == kinds
#> [[False False  True]
#>  [ True False False]
#>  [False  True False]
#>  [False False  True]]

## Such a table with one 1 in each row is called a one-hot encoding. Its column sums count the
## kinds.

(colours[:, None] == kinds).sum(axis=0)
#> [1 1 2]

## A grid of points is two vectors, not two matrices: values of a function over it come from a
## column of y and a row of x. `np.meshgrid` would write both out in full; broadcasting does not.

y = np.linspace(-1, 1, 3)[:, None]; x = np.linspace(0, 2, 5)
(x ** 2 + y ** 2).round(2)
#> [[1.   1.25 2.   3.25 5.  ]
#>  [0.   0.25 1.   2.25 4.  ]
#>  [1.   1.25 2.   3.25 5.  ]]

## For points with several coordinates, put the new axis in between: (4, 1, 2) and (3, 2) give (4,
## 3, 2), all differences of all pairs.

p = np.array([[0, 0], [0, 3], [4, 0], [4, 3]]); q = np.array([[0, 0], [1, 1], [4, 3]])
d = p[:, None, :] - q
d.shape, np.sqrt((d ** 2).sum(axis=-1)).round(2)
#> ((4, 3, 2), array([[0.  , 1.41, 5.  ],
#>        [3.  , 2.24, 4.  ],
#>        [4.  , 3.16, 3.  ],
#>        [5.  , 3.61, 0.  ]]))

## Mind the size: all pairs of 10,000 by 10,000 numbers are 800 MB. If you only want the nearest,
## or a sum, look for a way without the table.

np.subtract.outer(np.arange(3), np.arange(2)).size
#> 6

#: exercise powers
## A table with the rows 1, 2, 3 … of `n` and the columns `n**0`, `n**1`, … up to `n**k`.
#: setup
n = np.array([1, 2, 3]); k = 4
#: also
n = np.array([10]); k = 0
#: limit no loop
#: hint The exponents are `np.arange(k + 1)`.
#: hint Numbers as a column, exponents as a row.
#: answer
n[:, None] ** np.arange(k + 1)
#: wrong shape (5, 3), wanted (3, 5)
# n ** np.arange(k + 1)[:, None]
#: wrong error
# n ** np.arange(k + 1)
#: end

#: exercise onehot
## Write `onehot(labels, k)`: a matrix of float64 zeros with, in each row i, a 1.0 in column
## `labels[i]`; `k` columns.
#: setup
labels = np.array([0, 2, 1, 2])
#: also
labels = np.array([3, 3])
#: gives onehot(labels, 4)
#: limit no loop
#: hint Compare the labels, as a column, with `np.arange(k)`.
#: hint `.astype(float)` makes numbers of truth values.
#: answer
fn onehot(labels, k) = (labels[:, None] == np.arange(k)).astype(float)
#: wrong dtype bool, wanted float64
# fn onehot(labels, k) = labels[:, None] == np.arange(k)
#: end

#: exercise nearest
## For each element of `x`, the index of the nearest of `centres`.
#: setup
x = np.array([0.2, 3.9, 2.2, 9.0]); centres = np.array([0.0, 2.0, 4.0])
#: also
x = np.array([-5.0, 5.0]); centres = np.array([1.0])
#: limit no loop
#: hint All distances first: a table with a row for each element of `x`.
#: hint `argmin` along the axis of the centres.
#: answer
np.abs(x[:, None] - centres).argmin(axis=1)
#: wrong shape (3,), wanted (4,)
# np.abs(x[:, None] - centres).argmin(axis=0)
#: wrong not equal
# (x[:, None] - centres).argmin(axis=1)
#: end

#: exercise primes
## The primes below `n`, from the table of all products: those numbers from 2 on that do not occur
## in it.
#: setup
n = 30
#: also
n = 3
#: limit no loop
#: hint `r = np.arange(2, n)`, and all products are `np.outer(r, r)`.
#: hint `np.isin(r, products)` says which occur; `~` turns it round.
#: answer
r = np.arange(2, n)
r[~np.isin(r, np.outer(r, r))]
#: wrong shape (0,), wanted (10,)
# r = np.arange(1, n)
# r[~np.isin(r, np.outer(r, r))]
#: end

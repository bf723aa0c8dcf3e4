#: lesson Reductions and axes
#: about  Sums and their relatives, along the axis you mean.

## A reduction makes one number of many: a sum, a maximum, a mean. On a matrix you can reduce
## everything, or along one axis.

m = np.array([[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8]])
m.sum(), m.max(), m.mean()
#> (np.int64(52), np.int64(9), np.float64(4.333333333333333))

## Which axis is which? The one you name is the one that goes. The shape is (3, 4): `axis=0` makes
## the 3 go and leaves one number for each of the 4 columns; `axis=1` leaves one for each of the 3
## rows.

m.sum(axis=0), m.sum(axis=1)
#> (array([13, 13, 11, 15]), array([ 9, 22, 21]))

%axis sum(m, 0)
#> …

## `axis=-1` is the last axis, whatever the number of axes. Several may go at once:

cube = np.arange(24).reshape(2, 3, 4)
cube.sum(axis=-1).shape, cube.sum(axis=(0, 2)).shape
#> ((2, 3), (3,))

## `keepdims=True` leaves the axis with length 1, so that the result meets the array again.

m / m.sum(axis=1, keepdims=True)
#> [[0.33333333 0.11111111 0.44444444 0.11111111]
#>  [0.22727273 0.40909091 0.09090909 0.27272727]
#>  [0.23809524 0.14285714 0.23809524 0.38095238]]

## Where is the extreme? `argmax` gives its place along the axis.

m.argmax(axis=1), m.argmax()
#> (array([2, 1, 3]), np.int64(5))

np.unravel_index(m.argmax(), m.shape)
#> (np.int64(1), np.int64(1))

## Truth values reduce too: `any` and `all`.

(m > 8).any(axis=1), (m > 0).all()
#> (array([False,  True, False]), np.True_)

## A matrix product is a reduction in disguise: products, summed over the axis in common. `einsum`
## writes down which axes: a letter that is not in the result goes.

w = np.array([1, 10, 100, 1000])
m @ w, (m * w).sum(axis=1), np.einsum("ij,j", m, w)
#> (array([1413, 6295, 8535]), array([1413, 6295, 8535]), array([1413, 6295, 8535]))

## They differ in memory. NumPy makes all products of `(m * w).sum(axis=1)` before it adds them up;
## arr adds each as it comes. `m @ w` stores none in either.
##
## With NaN in the data every sum is NaN. The `nan` functions leave them out.

r = np.array([2.0, nan, 4.0])
r.mean(), np.nanmean(r)
#> (np.float64(nan), np.float64(3.0))

#: exercise columns
## The largest element of each column of `m`.
#: setup
m = np.array([[3, 1, 4], [1, 5, 9]])
#: also
m = np.arange(8).reshape(4, 2)
#: limit no loop
#: hint The rows go: which axis is that?
#: answer
m.max(axis=0)
#: wrong shape (2,), wanted (3,)
# m.max(axis=1)
#: wrong not equal
# m.min(axis=0)
#: end

#: exercise standardize
## Write `standardize(m)`: from each row of `m` its mean is subtracted, and the row is divided by
## its standard deviation.
#: setup
m = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 60.0]])
#: also
m = np.array([[1.0, -1.0], [5.0, 7.0], [0.0, 4.0]])
#: gives standardize(m)
#: limit no loop
#: hint Both `mean` and `std` take `axis=` and `keepdims=`.
#: answer
fn standardize(m) = (m - m.mean(axis=1, keepdims=True)) / m.std(axis=1, keepdims=True)
#: wrong not equal
# fn standardize(m) = (m - m.mean()) / m.std()
#: wrong error
# fn standardize(m) = (m - m.mean(axis=1)) / m.std(axis=1)
#: end

#: exercise norms
## The length of each row of `m` as a vector: the root of the sum of squares.
#: setup
m = np.array([[3.0, 4.0], [5.0, 12.0], [0.0, 0.0]])
#: also
m = np.ones((2, 4))
#: limit no loop
#: hint Square, sum along the rows, take the root.
#: hint `np.linalg.norm` takes an axis as well.
#: answer
np.sqrt((m * m).sum(axis=1))
#: wrong shape (), wanted (3,)
# np.linalg.norm(m)
#: wrong shape (2,), wanted (3,)
# np.sqrt((m * m).sum(axis=0))
#: end

#: exercise dot
## `a` and `b` have the same shape. Give the sum of the products of their elements, without
## storing the products: nothing new of the size of `a`.
#: setup
a = np.arange(1000.0).reshape(10, 100); b = np.ones((10, 100))
#: also
a = np.array([[1.0, 2.0]]); b = np.array([[3.0, 4.0]])
#: limit no loop
#: limit peak <= 500 B
#: hint `np.vdot` treats its arguments as two long vectors.
#: hint So does `a.ravel() @ b.ravel()`.
#: answer
np.vdot(a, b)
#: wrong peak
# (a @ b.T).trace()
#: wrong not equal
# a.sum() * b.sum()
#: end

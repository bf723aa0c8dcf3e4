#: lesson Memory order
#: about  Rows, columns, strides, and why the direction of a walk matters.

## Memory is one long row of numbers; a matrix has two directions. By default arr, like C, stores
## a matrix row after row: C order. The strides say how many bytes it is to the next element along
## each axis.

m = np.arange(12.0).reshape(3, 4)
m.strides
#> (32, 8)

## To the next element of a row it is 8 bytes, one float64; to the next row, four of them. So the
## last axis is the fast one: walking along it visits memory in order.

f = np.asfortranarray(m)
f.strides
#> (8, 24)

## `f` holds the same matrix column after column, as Fortran does. The values are equal; the order
## in memory is not.

np.array_equal(m, f), m.flags['C_CONTIGUOUS'], f.flags['C_CONTIGUOUS'], f.flags['F_CONTIGUOUS']
#> (True, True, False, True)

%layout f
#> …

## The processor fetches memory in lines of 64 bytes, eight float64 at a time. Going along a row
## uses all eight. Going down a column of a large C-order matrix uses one of each line, and throws
## seven away. Compare:

big = np.ones((2000, 2000))

%timeit -r 3 big[7, :].sum()
#> … per loop

%timeit -r 3 big[:, 7].sum()
#> … per loop

## Transposing is free, it swaps the strides. It also swaps which axis is the fast one.

m.T.strides, m.T.flags['F_CONTIGUOUS']
#> ((8, 32), True)

## Some operations need their elements in order and have to copy first. `reshape` of a transposed
## matrix is one of them:

np.shares_memory(m, m.reshape(4, 3)), np.shares_memory(m, m.T.reshape(3, 4))
#> (True, False)

## `np.ascontiguousarray` gives the array itself if it is in C order, and a copy if not. It pays
## when you are about to walk along the wrong axis many times.

np.ascontiguousarray(m) is m, np.ascontiguousarray(m.T).strides
#> (True, (24, 8))

## `ravel(order="F")` reads column by column, whatever the layout:

np.array([[1, 2], [3, 4]]).ravel(order="F")
#> [1 3 2 4]

#: exercise stride
## Of the 2-D array `m`, compute how many elements (not bytes) it is from one row to the next.
#: setup
m = np.zeros((5, 7))
#: also
m = np.zeros((4, 6), dtype=np.int8)[:, ::2]
#: also
m = np.zeros((3, 9), dtype=np.float32).T
#: hint Strides are in bytes; an element has `m.itemsize` of them.
#: answer
m.strides[0] // m.itemsize
#: wrong not equal
# m.shape[1]
#: end

#: exercise columns
## Write `fortran(m)`: a matrix with the values of `m` that stores its columns one after the other
## (Fortran order).
#: setup
m = np.arange(6.0).reshape(2, 3)
#: gives fortran(m).flags['F_CONTIGUOUS'], fortran(m)
#: limit no loop
#: hint A function of one expression is written `fn fortran(m) = …`.
#: hint `copy`, `array` and `astype` take `order="F"`; `asfortranarray` has it in its name.
#: answer
fn fortran(m) = np.asfortranarray(m)
#: wrong not equal
# fn fortran(m) = m.copy()
#: end

#: exercise fast
## Write `layout(m)`: "C" if the last axis of the 2-D array `m` is the one with the smallest step,
## else "F".
#: setup
m = np.zeros((3, 4))
#: also
m = np.zeros((3, 4)).T
#: also
m = np.zeros((8, 8), order="F")[:, ::2]
#: gives layout(m)
#: hint Compare the two strides.
#: hint `"C" if … else "F"`
#: answer
fn layout(m) = "C" if m.strides[1] < m.strides[0] else "F"
#: wrong wanted string
# fn layout(m) = m.strides[1] < m.strides[0]
#: end

#: exercise rows
## `m` may be in any order. Give its elements row by row as a vector, copying only if there is no
## other way.
#: setup
m = np.arange(6).reshape(2, 3)
#: also
m = np.arange(6).reshape(2, 3).T
#: limit copies <= 0
#: limit view of m
#: hint Which of `ravel` and `flatten` gives a view if it can?
#: answer
m.ravel()
#: wrong a copy, not a view of m
# m.flatten()
#: wrong not equal
# m.ravel(order="F")
#: end

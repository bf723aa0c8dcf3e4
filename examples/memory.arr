# Memory layout: which operations give a view of the same memory, and which copy it.

a = np.arange(12).reshape(3, 4)
print(a)

# A slice, a transpose and a reshape are views: the same memory, seen otherwise.
row = a[1]
print(np.shares_memory(a, row))
print(np.shares_memory(a, a.T))
print(np.shares_memory(a, a.reshape(4, 3)))

# So writing through a view writes the array.
row[0] = 99
print(a)
a.T[3] = 0
print(a)

# Index arrays and masks copy.
picked = a[[0, 2]]
picked[:] = -1
print(a)
print(np.shares_memory(a, a[a > 5]))

# Strides say how many bytes to step for the next row and the next column.
print(a.strides)
print(a.T.strides)

# Rows lie in one piece (C-contiguous); of the transpose, columns do (F-contiguous).
print(a.flags['C_CONTIGUOUS'], a.flags['F_CONTIGUOUS'])
print(a.T.flags['C_CONTIGUOUS'], a.T.flags['F_CONTIGUOUS'])
print(a[:, ::2].flags['C_CONTIGUOUS'])

# ravel gives a view if it can, flatten always a copy.
print(np.shares_memory(a, a.ravel()))
print(np.shares_memory(a, a.flatten()))
print(np.shares_memory(a, a.T.ravel()))

# Want a copy? Say so.
b = a.copy()
b[0] = 7
print(a[0])

# Reading along the memory is faster than across it.
big = np.ones((2000, 2000))
fn by_rows(m) {
    total = 0.0
    for i in range(len(m)) { total += m[i].sum() }
    total
}
fn by_columns(m) {
    total = 0.0
    for j in range(m.shape[1]) { total += m[:, j].sum() }
    total
}
print(by_rows(big), by_columns(big))
%timeit -r 3 by_rows(big)
%timeit -r 3 by_columns(big)

# Broadcasting: arrays of different shapes meet without a copy of the smaller one.

# A scalar goes to every element.
arr = np.array([1, 2, 3])
scalar = 5
result = arr + scalar
print(result)

# A row goes to every row of a matrix.
matrix = np.array([[1, 2, 3],
                   [4, 5, 6],
                   [7, 8, 9]])
row_vector = np.array([10, 20, 30])
result = matrix + row_vector
print(result)

# A column goes to every column. Shapes are matched from the last axis; two lengths fit if they
# are equal or one of them is 1.
column = np.array([[10], [20], [30]])
print(column.shape)
print(matrix + column)

# A row and a column make a table.
print(column + row_vector)

# In APL's words it is an outer sum.
print(10 20 30 ∘.+ 10 20 30)

# Nothing is copied: the stretched axis has a stride of 0.
stretched = np.broadcast_to(row_vector, (3, 3))
print(stretched)
print(stretched.strides)

# What it is good for: subtract the mean of each column, and divide by its deviation.
data = np.array([[1.0, 200], [2, 400], [3, 900]])
print((data - data.mean(axis=0)) ÷ data.std(axis=0))

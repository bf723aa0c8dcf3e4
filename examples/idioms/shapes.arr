# Shapes: reshaping, joining, padding and cutting.

from compare import same

x = 1 2 3
y = 4 5 6
n = 3
m = np.arange(6).reshape(2, 3)
k = np.arange(20).reshape(4, 5)
t = np.arange(24).reshape(2, 3, 4)

# Shape
apl = ⍴ t
numpy = np.shape(t)
same("shape", apl, numpy)

# Number of axes
apl = ≢ ⍴ t
numpy = np.ndim(t)
same("rank", apl, numpy)

# Number of elements
apl = ×/ ⍴ t
numpy = np.prod(t.shape)
same("size", apl, numpy)

# Number of rows
apl = ≢ k
numpy = len(k)
same("rows", apl, numpy)

# Number of columns
apl = ⊃ ⌽ ⍴ k
numpy = k.shape[-1]
same("columns", apl, numpy)

# All elements as a vector
apl = ∊ m
numpy = np.ravel(m)
same("ravelled", apl, numpy)

# All elements as a vector, column after column
apl = ∊ ⍉ m
numpy = np.ravel(m, order='F')
same("by columns", apl, numpy)

# Another shape for the same elements
apl = 3 2 ⍴ m
numpy = np.reshape(m, (3, 2))
same("reshaped", apl, numpy)

# Reshape to more elements: they repeat
apl = 7 ⍴ x
numpy = np.resize(x, 7)
same("repeated", apl, numpy)

# Vector as a column
apl = ⍪ x
numpy = x[:, None]
same("a column", apl, numpy)

# Vector as a table with one row
apl = (1 ⍪ ⍴ x) ⍴ x
numpy = x[None, :]
same("a row", apl, numpy)

# Table of one value
apl = 2 3 ⍴ 7
numpy = np.full((2, 3), 7)
same("constant", apl, numpy)

# Ones in the shape of another array
apl = (⍴ m) ⍴ 1
numpy = np.ones_like(m)
same("same shape of ones", apl, numpy)

# Table of all index pairs
apl = ⍳ 2 3
numpy = np.stack(np.indices((2, 3)), axis=-1)
same("indices", apl, numpy)

# One vector after another
apl = x ⍪ y
numpy = np.concatenate([x, y])
same("joined", apl, numpy)

# Two vectors as the rows of a table
apl = (2 ⍪ ≢ x) ⍴ x ⍪ y
numpy = np.stack([x, y])
same("stacked rows", apl, numpy)

# Two vectors as the columns of a table
apl = x ⍪⍤0 y
numpy = np.stack([x, y], axis=1)
same("stacked columns", apl, numpy)

# Items of two vectors in turn
apl = ∊ x ⍪⍤0 y
numpy = np.stack([x, y], axis=1).ravel()
same("interleaved", apl, numpy)

# Append a row
apl = m ⍪ 7 8 9
numpy = np.vstack([m, [7, 8, 9]])
same("row appended", apl, numpy)

# Append a column
apl = ⍉ (⍉ m) ⍪ 7 8
numpy = np.column_stack([m, [7, 8]])
same("column appended", apl, numpy)

# Two tables side by side
apl = ⍉ (⍉ m) ⍪ ⍉ m × 10
numpy = np.hstack([m, m * 10])
same("side by side", apl, numpy)

# Pad a vector with zeros
apl = 5 ↑ x
numpy = np.pad(x, (0, 2))
same("padded", apl, numpy)

# Pad a vector with zeros in front
apl = ¯5 ↑ x
numpy = np.pad(x, (2, 0))
same("padded in front", apl, numpy)

# A border of zeros around a table
apl = (-(2 + ⍴ m)) ↑ (1 + ⍴ m) ↑ m
numpy = np.pad(m, 1)
same("bordered", apl, numpy)

# A table without its border
apl = 1 1 ↓ ¯1 ¯1 ↓ k
numpy = k[1:-1, 1:-1]
same("inner part", apl, numpy)

# Upper left corner of a table
apl = 2 3 ↑ k
numpy = k[:2, :3]
same("upper left", apl, numpy)

# Lower right corner of a table
apl = ¯2 ¯3 ↑ k
numpy = k[-2:, -3:]
same("lower right", apl, numpy)

# Last row
apl = ⊢⌿ k
numpy = k[-1]
same("last row", apl, numpy)

# First column
apl = ⊣/ k
numpy = k[:, 0]
same("first column", apl, numpy)

# Last column
apl = ⊢/ k
numpy = k[:, -1]
same("last column", apl, numpy)

# Each row twice
apl = 2 ⌿ m
numpy = np.repeat(m, 2, axis=0)
same("rows doubled", apl, numpy)

# A vector several times
apl = (3 × ≢ x) ⍴ x
numpy = np.tile(x, 3)
same("tiled", apl, numpy)

# Each element as a block of two by two
apl = ⍉ 2 ⌿ ⍉ 2 ⌿ m
numpy = np.kron(m, np.ones((2, 2), int))
same("enlarged", apl, numpy)

# Cut a vector into rows of two
apl = (3 2) ⍴ 9 8 7 6 5 4
numpy = np.array([9, 8, 7, 6, 5, 4]).reshape(-1, 2)
same("in groups", apl, numpy)

# Move the last axis to the front
apl = 1 2 0 ⍉ t
numpy = np.moveaxis(t, -1, 0)
same("axes moved", apl, numpy)

# Join the first two axes
apl = (6 4) ⍴ t
numpy = t.reshape(-1, 4)
same("leading axes joined", apl, numpy)

# Cut a table into blocks of two by two
apl = 0 2 1 3 ⍉ 2 2 2 2 ⍴ ⍳ 16
numpy = np.arange(16).reshape(2, 2, 2, 2).swapaxes(1, 2)
same("blocks", apl, numpy)

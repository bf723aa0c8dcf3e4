# Matrices: products, inverses, parts, and paths in graphs.

from compare import near, same

m = np.array([[2, 1], [1, 3]])
k = np.array([[1, 0, 2], [0, 3, 1]])
s = np.arange(9).reshape(3, 3)
v = 5 10
x = 1 2 3
link = np.array([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]) == 1
road = np.array([[0, 3, inf, inf], [inf, 0, 1, inf], [inf, inf, 0, 5], [2, inf, inf, 0]])
wide = np.array([[1, 5], [2, 4]])

# Matrix product
apl = m +.× k
numpy = m @ k
same("product", apl, numpy)

# Matrix by a vector
apl = m +.× v
numpy = m @ v
same("by a vector", apl, numpy)

# Outer product of two vectors
apl = x ∘.× v
numpy = np.outer(x, v)
same("outer product", apl, numpy)

# Transpose
apl = ⍉ k
numpy = k.T
same("transpose", apl, numpy)

# Square of a matrix
apl = m +.× m
numpy = np.linalg.matrix_power(m, 2)
same("square", apl, numpy)

# A power of a matrix
apl = m +.×⍣2 m
numpy = np.linalg.matrix_power(m, 3)
same("third power", apl, numpy)

# Inverse
apl = ⌹ m
numpy = np.linalg.inv(m)
near("inverse", apl, numpy)

# Solution of linear equations
apl = v ⌹ m
numpy = np.linalg.solve(m, v)
near("solution", apl, numpy)

# Solution with the least squares of errors
apl = 1 2 2 ⌹ 3 2 ⍴ 1 0 1 1 1 2
numpy = np.linalg.lstsq(np.array([[1, 0], [1, 1], [1, 2]]), np.array([1, 2, 2]))[0]
near("least squares", apl, numpy)

# Main diagonal
apl = 0 0 ⍉ s
numpy = np.diagonal(s)
same("diagonal", apl, numpy)

# Sum of the main diagonal
apl = +/ 0 0 ⍉ s
numpy = np.trace(s)
same("trace", apl, numpy)

# Diagonal from the upper right
apl = 0 0 ⍉ ⌽ s
numpy = np.diagonal(np.fliplr(s))
same("other diagonal", apl, numpy)

# Identity matrix
apl = 3 3 ⍴ 1 0 0 0
numpy = np.eye(3, dtype=int)
same("identity", apl, numpy)

# Vector on the diagonal, zeros elsewhere
apl = x × ∘.==⍨ ⍳ 3
numpy = np.diag(x)
same("diagonal matrix", apl, numpy)

# Is a matrix symmetric
apl = m ≡ ⍉ m
numpy = np.array_equal(m, m.T)
same("symmetric", apl, numpy)

# Symmetric part of a matrix
apl = (s + ⍉ s) ÷ 2
numpy = (s + s.T) / 2
same("symmetric part", apl, numpy)

# Multiply each column
apl = k × x
numpy = k * x
same("columns scaled", apl, numpy)

# Multiply each row
apl = k × ⍪ v
numpy = k * v[:, None]
same("rows scaled", apl, numpy)

# Divide each row by its sum
apl = m ÷ ⍪ +/ m
numpy = m / m.sum(axis=1, keepdims=True)
same("rows to 1", apl, numpy)

# Divide each column by its sum
apl = m ÷ +⌿ m
numpy = m / m.sum(axis=0)
same("columns to 1", apl, numpy)

# Product of the transpose with the matrix
apl = (⍉ k) +.× k
numpy = k.T @ k
same("Gram matrix", apl, numpy)

# Vector by matrix by vector
apl = v +.× m +.× v
numpy = v @ m @ v
same("quadratic form", apl, numpy)

# Every element of one times the other matrix
apl = 4 6 ⍴ 0 2 1 3 ⍉ m ∘.× k
numpy = np.kron(m, k)
same("Kronecker product", apl, numpy)

# Trace of a product without the product
apl = +/ ∊ m × ⍉ m
numpy = np.einsum('ij,ji->', m, m)
same("trace of a product", apl, numpy)

# In how many places two vectors agree
apl = 1 2 3 4 +.== 1 9 3 5
numpy = np.sum(np.array([1, 2, 3, 4]) == [1, 9, 3, 5])
same("equal places", apl, numpy)

# Which rows equal a vector
apl = k ∧.== 0 3 1
numpy = np.all(k == [0, 3, 1], axis=1)
same("rows equal", apl, numpy)

# Which rows stay below limits
apl = k ∧.≤ 1 3 1
numpy = np.all(k <= [1, 3, 1], axis=1)
same("rows in order", apl, numpy)

# Which nodes of a graph are two steps apart
apl = link ∨.∧ link
numpy = link @ link
same("two steps", apl, numpy)

# Which nodes can be reached at all
apl = {⍵ ∨ ⍵ ∨.∧ ⍵}⍣≡ link
numpy = link @ np.linalg.matrix_power(link + np.eye(4, dtype=int), 3) > 0
same("reachable", apl, numpy)

# How many links lead to each node
apl = +⌿ link
numpy = np.sum(link, axis=0)
same("in-degrees", apl, numpy)

# Shortest way over at most two roads
apl = road ⌊.+ road
numpy = np.min(road[:, :, None] + road, axis=1)
same("two roads", apl, numpy)

# Shortest ways between all places
apl = {⍵ ⌊.+ ⍵}⍣≡ road
numpy = (lambda d: np.min(d[:, :, None] + d, axis=1))(np.min(road[:, :, None] + road, axis=1))
same("shortest ways", apl, numpy)

# Widest way over two roads, each way as wide as its narrower road
apl = wide ⌈.⌊ wide
numpy = np.max(np.minimum(wide[:, :, None], wide), axis=1)
same("widest", apl, numpy)

# Determinant of two by two
apl = -/ ×/ 2 2 ⍴ (∊ m)[0 3 1 2]
numpy = m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
same("determinant", apl, numpy)

# Tables: a function of every pair.

from compare import equal, same

i = np.arange(1, 6)
k = np.arange(5)
h = 3 1 4 0 2
s = ¯2 ¯1 0 1 2

# Multiplication table
apl = i ∘.× i
numpy = np.outer(i, i)
same("multiplication table", apl, numpy)

# Addition table
apl = i ∘.+ 10 20 30
numpy = i[:, None] + [10, 20, 30]
same("addition table", apl, numpy)

# Difference of every pair
apl = ∘.-⍨ i
numpy = i[:, None] - i
same("differences", apl, numpy)

# Table of powers
apl = i ∘.** 1 2 3
numpy = i[:, None] ** [1, 2, 3]
same("powers", apl, numpy)

# Larger of every pair
apl = ∘.⌈⍨ i
numpy = np.maximum.outer(i, i)
same("larger", apl, numpy)

# Greatest common divisor of every pair
apl = ∘.∨⍨ i
numpy = np.gcd.outer(i, i)
same("greatest common divisors", apl, numpy)

# Remainder of every division
apl = i ∘.% 2 3
numpy = i[:, None] % [2, 3]
same("remainders", apl, numpy)

# Which number divides which
apl = 0 == i ∘.{⍵ % ⍺} i
numpy = i % i[:, None] == 0
same("divides", apl, numpy)

# Every fraction
apl = 1 2 3 ∘.÷ 1 2 4
numpy = np.divide.outer([1, 2, 3], [1, 2, 4])
same("quotients", apl, numpy)

# Which pairs are equal: the unit matrix
apl = ∘.==⍨ k
numpy = np.eye(5, dtype=bool)
same("equal", apl, numpy)

# Triangle of ones below the diagonal and on it
apl = ∘.≥⍨ k
numpy = np.tri(5, dtype=bool)
same("lower triangle", apl, numpy)

# Where row and column differ
apl = ∘.≠⍨ k
numpy = ~np.eye(5, dtype=bool)
same("off the diagonal", apl, numpy)

# The diagonal and its neighbours
apl = 1 ≥ abs(∘.-⍨ k)
numpy = np.abs(k[:, None] - k) <= 1
same("band", apl, numpy)

# Chessboard
apl = (∘.+⍨ k) % 2
numpy = np.indices((5, 5)).sum(axis=0) % 2
same("chessboard", apl, numpy)

# Upright bars of given heights
apl = (⌽ 1 + ⍳ ⌈/ h) ∘.≤ h
numpy = np.arange(h.max(), 0, -1)[:, None] <= h
same("bar chart", apl, numpy)

# Lying bars of given lengths
apl = h ∘.> ⍳ ⌈/ h
numpy = h[:, None] > np.arange(h.max())
same("lying bars", apl, numpy)

# Points within two steps of the middle
apl = 2 ≥ ∘.+⍨ abs(s)
numpy = np.add.outer(np.abs(s), np.abs(s)) <= 2
same("diamond", apl, numpy)

# Squares around the middle
apl = ∘.⌈⍨ abs(s)
numpy = np.maximum.outer(np.abs(s), np.abs(s))
same("rings", apl, numpy)

# Sierpinski's triangle
apl = 0 == ∘.&⍨ ⍳ 8
numpy = np.bitwise_and.outer(np.arange(8), np.arange(8)) == 0
same("Sierpinski", apl, numpy)

# Pascal's triangle
apl = ⍉ ∘.!⍨ k
numpy = np.array([[np.prod(np.arange(i - j, i) + 1) / np.prod(np.arange(j) + 1) if j <= i else 0.0 for j in range(5)] for i in range(5)])
equal("Pascal", apl, numpy)

# Hilbert's matrix
apl = ÷ 1 + ∘.+⍨ ⍳ 3
numpy = 1 / (1 + np.add.outer(np.arange(3), np.arange(3)))
same("Hilbert", apl, numpy)

# Matrix that is constant along its diagonals
apl = h[abs(∘.-⍨ k)]
numpy = h[np.abs(k[:, None] - k)]
same("Toeplitz", apl, numpy)

# Matrix that is constant along its rising diagonals
apl = (⍳ 6)[(⍳ 3) ∘.+ ⍳ 4]
numpy = np.arange(3)[:, None] + np.arange(4)
same("Hankel", apl, numpy)

# Walsh's matrix of signs
apl = ¯1 ** (⍉ 2 2 ⊤ ⍳ 4) +.× 2 2 ⊤ ⍳ 4
numpy = np.kron(np.array([[1, 1], [1, -1]]), np.array([[1, 1], [1, -1]]))
same("Walsh", apl, numpy)

# Table of numbers, row after row
apl = 3 4 ⍴ ⍳ 12
numpy = np.arange(12).reshape(3, 4)
same("numbered", apl, numpy)

# Sine, cosine and tangent of several angles
apl = 1 2 3 ∘.○ 0.0 0.5 1.0
numpy = np.stack([f(np.array([0.0, 0.5, 1.0])) for f in (np.sin, np.cos, np.tan)])
same("sines and cosines", apl, numpy)

# Different sums of two of the numbers
apl = {⍵[⍋ ⍵]} ∪ ∊ 1 2 5 ∘.+ 1 2 5
numpy = np.unique(np.add.outer([1, 2, 5], [1, 2, 5]))
same("all sums", apl, numpy)

# Products of every three
apl = 1 2 ∘.× 1 3 ∘.× 1 5
numpy = np.multiply.outer([1, 2], np.multiply.outer([1, 3], [1, 5]))
same("three factors", apl, numpy)

# Two digits put together, for every pair
apl = 1 2 3 ∘.{10 ⊥ ⍺ ⍪ ⍵} 4 5
numpy = np.add.outer(10 * np.array([1, 2, 3]), [4, 5])
same("concatenated digits", apl, numpy)

# Every row with every row
apl = (2 3 ⍴ ⍳ 6) +.× ⍉ 2 3 ⍴ ⍳ 6
numpy = np.inner(np.arange(6).reshape(2, 3), np.arange(6).reshape(2, 3))
same("dot of every pair", apl, numpy)

# Latin square
apl = (∘.+⍨ k) % 5
numpy = np.add.outer(k, k) % 5
same("Latin square", apl, numpy)

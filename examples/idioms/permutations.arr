# Rotations and permutations: the same items in another order.

from compare import same

x = 10 20 30 40 50
p = 2 0 3 4 1
q = 1 2 0 4 3
m = np.arange(9).reshape(3, 3)
k = np.arange(6).reshape(2, 3)

# Reverse
apl = ⌽ x
numpy = x[::-1]
same("reversed", apl, numpy)

# Rotate to the left
apl = 2 ⌽ x
numpy = np.roll(x, -2)
same("rotated left", apl, numpy)

# Rotate to the right
apl = ¯2 ⌽ x
numpy = np.roll(x, 2)
same("rotated right", apl, numpy)

# Shift to the left, zeros come in
apl = (≢ x) ↑ 2 ↓ x
numpy = np.pad(x[2:], (0, 2))
same("shifted left", apl, numpy)

# Shift to the right, zeros come in
apl = (-≢ x) ↑ ¯2 ↓ x
numpy = np.pad(x[:-2], (2, 0))
same("shifted right", apl, numpy)

# Reverse each row
apl = ⌽ m
numpy = np.fliplr(m)
same("rows reversed", apl, numpy)

# Reverse each column
apl = ⊖ m
numpy = np.flipud(m)
same("columns reversed", apl, numpy)

# Rotate each row by its own number of places
apl = 0 1 2 ⌽ m
numpy = np.stack([np.roll(row, -i) for i, row in enumerate(m)])
same("each row by its own", apl, numpy)

# Rotate each column by its own number of places
apl = 0 1 2 ⊖ m
numpy = np.stack([np.roll(m[:, i], -i) for i in range(3)], axis=1)
same("each column by its own", apl, numpy)

# Turn a table to the right
apl = ⌽ ⍉ k
numpy = np.rot90(k, -1)
same("quarter turn", apl, numpy)

# Turn a table to the left
apl = ⊖ ⍉ k
numpy = np.rot90(k)
same("other quarter turn", apl, numpy)

# Turn a table upside down
apl = ⌽ ⊖ k
numpy = np.rot90(k, 2)
same("half turn", apl, numpy)

# Mirror a table at its other diagonal
apl = ⌽ ⊖ ⍉ m
numpy = m[::-1, ::-1].T
same("other diagonal", apl, numpy)

# Apply a permutation
apl = x[p]
numpy = np.take(x, p)
same("permuted", apl, numpy)

# Inverse of a permutation
apl = ⍋ p
numpy = np.argsort(p)
same("inverse", apl, numpy)

# Put permuted items back
apl = x[p][⍋ p]
numpy = x[p][np.argsort(p)]
same("undone", apl, numpy)

# One permutation after another
apl = q[p]
numpy = np.take(q, p)
same("composed", apl, numpy)

# Power of a permutation
apl = {p[⍵]}⍣3 ⍳ 5
numpy = p[p[p]]
same("applied three times", apl, numpy)

# Items that stay where they are
apl = ⍸ 0 2 1 3 == ⍳ 4
numpy = np.flatnonzero(np.array([0, 2, 1, 3]) == np.arange(4))
same("fixed points", apl, numpy)

# Matrix of a permutation
apl = p ∘.== ⍳ 5
numpy = np.eye(5, dtype=bool)[p]
same("permutation matrix", apl, numpy)

# Permutation from its matrix
apl = (p ∘.== ⍳ 5) +.× ⍳ 5
numpy = np.eye(5, dtype=int)[p] @ np.arange(5)
same("from the matrix", apl, numpy)

# Number of pairs in the wrong order
apl = +/ ∊ (p ∘.> p) ∧ (⍳ 5) ∘.< ⍳ 5
numpy = np.sum(np.triu(p[:, None] > p, 1))
same("inversions", apl, numpy)

# Sign of a permutation
apl = ¯1 ** +/ ∊ (p ∘.> p) ∧ (⍳ 5) ∘.< ⍳ 5
numpy = np.prod(np.sign(p[None, :] - p[:, None])[np.triu_indices(5, 1)])
same("sign", apl, numpy)

# Places that an item goes through
apl = ∪ {⍵ ⍪ p[⊃ ⌽ ⍵]}⍣5 ⍳ 1
numpy = np.array([0, p[0], p[p[0]], p[p[p[0]]], p[p[p[p[0]]]]])
same("cycle of 0", apl, numpy)

# Shuffle two halves into each other
apl = ∊ ⍉ 2 4 ⍴ ⍳ 8
numpy = np.arange(8).reshape(2, 4).T.ravel()
same("perfect shuffle", apl, numpy)

# Deal items to three players in turn
apl = ⍉ 3 3 ⍴ ⍳ 9
numpy = np.arange(9).reshape(-1, 3).T
same("dealt out", apl, numpy)

# Is it the same from behind
apl = {⍵ ≡ ⌽ ⍵} 1 2 3 2 1
numpy = np.array_equal([1, 2, 3, 2, 1], [1, 2, 3, 2, 1][::-1])
same("palindrome", apl, numpy)

# All rotations, one a row
apl = (⍳ 5) ⌽ 5 5 ⍴ x
numpy = np.stack([np.roll(x, -i) for i in range(5)])
same("all rotations", apl, numpy)

# Is one vector a rotation of another
apl = ∨/ ((⍳ 5) ⌽ 5 5 ⍴ x) ∧.== 30 40 50 10 20
numpy = any(np.array_equal(np.roll(x, i), [30, 40, 50, 10, 20]) for i in range(5))
same("a rotation of", apl, numpy)

# Swap two items
apl = x[4 1 2 3 0]
numpy = np.concatenate([x[4:], x[1:4], x[:1]])
same("swapped", apl, numpy)

# Items followed by their mirror image
apl = x ⍪ ⌽ x
numpy = np.concatenate([x, x[::-1]])
same("mirrored", apl, numpy)

# First, last, second, last but one, and so on
apl = (≢ x) ↑ ∊ x ⍪⍤0 ⌽ x
numpy = np.stack([x, x[::-1]], axis=1).ravel()[:len(x)]
same("folded", apl, numpy)

# Selection and masks: which items, and what instead of the others.

from compare import same

x = 3 0 7 5 0 8 2
y = 10 20 30 40 50 60 70
z = 0 0 4 0 5 0
m = np.array([[1, 0, 2], [3, 4, 5], [0, 6, 7]])
b = np.array([False, False, True, True, False, True, True])
c = np.array([True, False, True])

# Items above a limit
apl = (x > 4) ⌿ x
numpy = x[x > 4]
same("above four", apl, numpy)

# Where a condition holds
apl = ⍸ x > 4
numpy = np.flatnonzero(x > 4)
same("indices", apl, numpy)

# Items at given places
apl = y[5 0 2]
numpy = np.take(y, [5, 0, 2])
same("by index", apl, numpy)

# First items
apl = 3 ↑ x
numpy = x[:3]
same("first three", apl, numpy)

# Last items
apl = ¯3 ↑ x
numpy = x[-3:]
same("last three", apl, numpy)

# All but the first item
apl = 1 ↓ x
numpy = x[1:]
same("but the first", apl, numpy)

# All but the last item
apl = ¯1 ↓ x
numpy = x[:-1]
same("but the last", apl, numpy)

# The last item
apl = ⊃ ⌽ x
numpy = x[-1]
same("the last", apl, numpy)

# Every other item
apl = ((⍴ x) ⍴ 1 0) ⌿ x
numpy = x[::2]
same("every other", apl, numpy)

# Every third item
apl = (0 == (⍳ ≢ x) % 3) ⌿ x
numpy = x[::3]
same("every third", apl, numpy)

# First item that satisfies a condition
apl = ⊃ (x > 4) ⌿ x
numpy = x[np.argmax(x > 4)]
same("first above", apl, numpy)

# Limit to a lower and an upper bound
apl = 2 ⌈ (5 ⌊ x)
numpy = np.clip(x, 2, 5)
same("clipped", apl, numpy)

# Zero where a condition fails
apl = x × (x > 4)
numpy = np.where(x > 4, x, 0)
same("zero the rest", apl, numpy)

# One array where a mask is true, another elsewhere
apl = (x × b) + y × ~b
numpy = np.where(b, x, y)
same("either", apl, numpy)

# Change the sign where a mask is true
apl = x × ¯1 ** b
numpy = np.where(b, -x, x)
same("negated where", apl, numpy)

# Replace zeros by ones
apl = x + (x == 0)
numpy = np.where(x == 0, 1, x)
same("ones for zeros", apl, numpy)

# Leave out the items that occur in another list
apl = (~x ∊ 0 8) ⌿ x
numpy = x[~np.isin(x, [0, 8])]
same("without", apl, numpy)

# Leave out the zeros
apl = (x ≠ 0) ⌿ x
numpy = x[x != 0]
same("no zeros", apl, numpy)

# Spread items over the true places, with zeros between
apl = b ⍀ 5 6 7 8
numpy = np.where(b, np.array([5, 6, 7, 8])[np.cumsum(b) - 1], 0)
same("expanded", apl, numpy)

# Mask that is true at given places
apl = (⍳ 7) ∊ 1 4
numpy = np.isin(np.arange(7), [1, 4])
same("mask from indices", apl, numpy)

# Keep a mask up to its first false
apl = ∧\ ~b
numpy = np.logical_and.accumulate(~b)
same("leading run", apl, numpy)

# True from the first true on
apl = ∨\ b
numpy = np.logical_or.accumulate(b)
same("from the first on", apl, numpy)

# Only the first true of a mask
apl = <\ b
numpy = b & (np.cumsum(b) == 1)
same("first true only", apl, numpy)

# Switch at every true: inside or outside of marked spans
apl = ≠\ b
numpy = np.logical_xor.accumulate(b)
same("toggle", apl, numpy)

# True where a run of trues begins
apl = b > ¯1 ↓ False ⍪ b
numpy = b & ~np.concatenate([[False], b[:-1]])
same("rises", apl, numpy)

# True where a run of trues ends
apl = b > 1 ↓ b ⍪ False
numpy = b & ~np.concatenate([b[1:], [False]])
same("falls", apl, numpy)

# Drop leading zeros
apl = (∨\ z ≠ 0) ⌿ z
numpy = np.trim_zeros(z, 'f')
same("leading zeros dropped", apl, numpy)

# Drop trailing zeros
apl = (⌽ ∨\ ⌽ z ≠ 0) ⌿ z
numpy = np.trim_zeros(z, 'b')
same("trailing zeros dropped", apl, numpy)

# Number of leading zeros
apl = +/ ∧\ z == 0
numpy = np.sum(np.logical_and.accumulate(z == 0))
same("leading zeros", apl, numpy)

# Number of trues at the end of a mask
apl = ⊥⍨ b
numpy = np.sum(np.logical_and.accumulate(b[::-1]))
same("trailing trues", apl, numpy)

# Fill each zero with the last item that was none
apl = z[⌈\ (⍳ ≢ z) × (z ≠ 0)]
numpy = z[np.maximum.accumulate(np.arange(len(z)) * (z != 0))]
same("filled forward", apl, numpy)

# Repeat each item a number of times
apl = 2 0 3 ⌿ 7 8 9
numpy = np.repeat([7, 8, 9], [2, 0, 3])
same("copies", apl, numpy)

# Rows in which a zero occurs
apl = (∨/ m == 0) ⌿ m
numpy = m[np.any(m == 0, axis=1)]
same("rows with a zero", apl, numpy)

# Columns that a mask selects
apl = c ⌿⍤1 m
numpy = m[:, c]
same("columns", apl, numpy)

# One element of a table
apl = 2 1 ⌷ m
numpy = m[2, 1]
same("one element", apl, numpy)

# A subtable, by rows and columns
apl = ⍉ (⍉ m[0 2])[1 2]
numpy = m[np.ix_([0, 2], [1, 2])]
same("rows and columns", apl, numpy)

# Keep the upper triangle
apl = m × (⍳ 3) ∘.≤ ⍳ 3
numpy = np.triu(m)
same("upper triangle", apl, numpy)

# Keep what lies below the diagonal
apl = m × (⍳ 3) ∘.> ⍳ 3
numpy = np.tril(m, -1)
same("strict lower triangle", apl, numpy)

# Searching: where things are, and whether they are there.

from compare import same

x = 3 1 4 1 5 9 2 6 5
p = 1 5
q = 5 1 8
keys = 10 20 30
values = 7 8 9
edges = 0 3 6
m = np.array([[3, 1, 4], [1, 5, 9], [2, 6, 5]])
s = 1 2 2 7

# Index of the first occurrence
apl = x ⍳ 5
numpy = np.argmax(x == 5)
same("index of", apl, numpy)

# Indices of the first occurrences of several values
apl = x ⍳ 5 1 9
numpy = np.array([np.flatnonzero(x == v)[0] for v in [5, 1, 9]])
same("indices of several", apl, numpy)

# Index of the largest item
apl = x ⍳ ⌈/ x
numpy = np.argmax(x)
same("index of the largest", apl, numpy)

# Index of the smallest item
apl = x ⍳ ⌊/ x
numpy = np.argmin(x)
same("index of the smallest", apl, numpy)

# Indices of all occurrences
apl = ⍸ x == 1
numpy = np.flatnonzero(x == 1)
same("all indices", apl, numpy)

# Index of the last occurrence
apl = ⌈/ ⍸ x == 5
numpy = len(x) - 1 - np.argmax(x[::-1] == 5)
same("last index", apl, numpy)

# Which of these values occur in the list
apl = q ∊ x
numpy = np.isin(q, x)
same("members", apl, numpy)

# Does a value occur
apl = ∨/ x == 7
numpy = np.any(x == 7)
same("occurs", apl, numpy)

# Number of occurrences
apl = +/ x == 5
numpy = np.sum(x == 5)
same("count", apl, numpy)

# Number of occurrences of several values
apl = +/ q ∘.== x
numpy = np.sum(q[:, None] == x, axis=1)
same("counts of several", apl, numpy)

# Where a sequence begins in a list, as a mask
apl = p ⍷ x
numpy = np.append((x[:-1] == p[0]) & (x[1:] == p[1]), False)
same("found", apl, numpy)

# Indices at which a sequence begins
apl = ⍸ p ⍷ x
numpy = np.flatnonzero((x[:-1] == p[0]) & (x[1:] == p[1]))
same("where found", apl, numpy)

# Number of times that a sequence occurs
apl = +/ p ⍷ x
numpy = np.sum((x[:-1] == p[0]) & (x[1:] == p[1]))
same("how often found", apl, numpy)

# Index of the interval that holds each value
apl = edges ⍸ x
numpy = np.searchsorted(edges, x, side='right') - 1
same("interval", apl, numpy)

# Look values up in a table of keys
apl = values[keys ⍳ 30 10 10]
numpy = values[np.searchsorted(keys, [30, 10, 10])]
same("looked up", apl, numpy)

# Look up, with a default for unknown keys
apl = (values ⍪ 0)[keys ⍳ 20 99 10]
numpy = np.array([values[keys == k].sum() for k in [20, 99, 10]])
same("looked up, or 0", apl, numpy)

# Are all items equal
apl = ∧/ s == ⊃ s
numpy = np.all(s == s[0])
same("all equal", apl, numpy)

# Are the items in ascending order
apl = ∧/ 2 ≤/ s
numpy = np.all(s[:-1] <= s[1:])
same("ascending", apl, numpy)

# Does each item exceed the one before
apl = ∧/ 2 </ s
numpy = np.all(s[:-1] < s[1:])
same("strictly ascending", apl, numpy)

# Is every item different
apl = (≢ ∪ s) == ≢ s
numpy = np.size(np.unique(s)) == np.size(s)
same("all different", apl, numpy)

# Index of the first item above a limit
apl = (x > 4) ⍳ True
numpy = np.argmax(x > 4)
same("first above", apl, numpy)

# Index of the first place where two lists differ
apl = (1 2 3 4 ≠ 1 2 9 4) ⍳ True
numpy = np.argmax(np.array([1, 2, 3, 4]) != np.array([1, 2, 9, 4]))
same("first difference", apl, numpy)

# Item nearest to a value
apl = x[{⍵ ⍳ ⌊/ ⍵} abs(x - 7)]
numpy = x[np.argmin(np.abs(x - 7))]
same("nearest", apl, numpy)

# Indices of the local maxima
apl = 1 + ⍸ (2 </ ¯1 ↓ x) ∧ 2 >/ 1 ↓ x
numpy = 1 + np.flatnonzero((x[1:-1] > x[:-2]) & (x[1:-1] > x[2:]))
same("peaks", apl, numpy)

# Row and column of every occurrence in a table
apl = ⍸ m == 5
numpy = np.argwhere(m == 5)
same("where in a table", apl, numpy)

# Row and column of the largest element
apl = (⍴ m) ⊤ (∊ m) ⍳ ⌈/ ∊ m
numpy = np.unravel_index(np.argmax(m), m.shape)
same("place of the largest", apl, numpy)

# Index of a given row
apl = (m ∧.== 1 5 9) ⍳ True
numpy = np.argmax(np.all(m == [1, 5, 9], axis=1))
same("row of", apl, numpy)

# Index of the largest element of each row
apl = {⍵ ⍳ ⌈/ ⍵}⍤1 m
numpy = np.argmax(m, axis=1)
same("row-wise index", apl, numpy)

# Places that are smallest in their row and largest in their column
apl = ⍸ (m == ⍪ ⌊/ m) ∧ m == ⌈⌿ m
numpy = np.argwhere((m == m.min(axis=1, keepdims=True)) & (m == m.max(axis=0)))
same("saddle point", apl, numpy)

# Running and windowed: scans, neighbours, and moving windows.

from compare import same

x = 3 1 4 1 5 9 2 6
b = np.array([False, True, False, False, True, False])
h = 0 1 0 2 1 0 1 3 2 1 2 1
m = np.arange(6).reshape(3, 2) ** 2

# Running sum
apl = +\ x
numpy = np.cumsum(x)
same("running sum", apl, numpy)

# Running product
apl = ×\ 1 2 3 4
numpy = np.cumprod([1, 2, 3, 4])
same("running product", apl, numpy)

# Running maximum
apl = ⌈\ x
numpy = np.maximum.accumulate(x)
same("highs", apl, numpy)

# Running minimum
apl = ⌊\ x
numpy = np.minimum.accumulate(x)
same("lows", apl, numpy)

# Mean of the items so far
apl = (+\ x) ÷ (1 + ⍳ ≢ x)
numpy = np.cumsum(x) / np.arange(1, len(x) + 1)
same("running mean", apl, numpy)

# Items from their running sum
apl = {⍵ - 0 ⍪ ¯1 ↓ ⍵} +\ x
numpy = np.diff(np.cumsum(x), prepend=0)
same("undone", apl, numpy)

# Running sum from the end
apl = ⌽ +\ ⌽ x
numpy = np.cumsum(x[::-1])[::-1]
same("from the end", apl, numpy)

# Running sum down the columns
apl = +⍀ m
numpy = np.cumsum(m, axis=0)
same("down the columns", apl, numpy)

# Difference of each item and the one before
apl = 2 -⍨/ x
numpy = np.diff(x)
same("differences", apl, numpy)

# Each item less the one after
apl = 2 -/ x
numpy = x[:-1] - x[1:]
same("differences, last first", apl, numpy)

# Differences of the differences
apl = {2 -⍨/ ⍵}⍣2 x
numpy = np.diff(x, 2)
same("second differences", apl, numpy)

# Each item by the one before
apl = 2 ÷⍨/ 1 2 6 3
numpy = np.array([2, 6, 3]) / np.array([1, 2, 6])
same("ratios", apl, numpy)

# Does it rise
apl = 2 </ x
numpy = x[1:] > x[:-1]
same("rises", apl, numpy)

# Number of changes of direction
apl = +/ 2 ≠/ 2 </ x
numpy = np.sum(np.diff(x[1:] > x[:-1]))
same("turning points", apl, numpy)

# Mean of neighbouring items
apl = (2 +/ x) ÷ 2
numpy = (x[1:] + x[:-1]) / 2
same("neighbours' mean", apl, numpy)

# Sum of every three consecutive items
apl = 3 +/ x
numpy = np.convolve(x, np.ones(3, int), 'valid')
same("moving sum", apl, numpy)

# Mean of every three consecutive items
apl = (3 +/ x) ÷ 3
numpy = np.convolve(x, np.ones(3), 'valid') / 3
same("moving mean", apl, numpy)

# Largest of every three consecutive items
apl = 3 ⌈/ x
numpy = np.stack([x[:-2], x[1:-1], x[2:]]).max(axis=0)
same("moving maximum", apl, numpy)

# Windows with weights
apl = x[(⍳ 6) ∘.+ ⍳ 3] +.× 1 2 1
numpy = np.convolve(x, [1, 2, 1], 'valid')
same("weighted windows", apl, numpy)

# All windows of three, one a row
apl = x[(⍳ 6) ∘.+ ⍳ 3]
numpy = np.stack([x[:-2], x[1:-1], x[2:]], axis=1)
same("windows", apl, numpy)

# Sum of each row and the next
apl = 2 +⌿ m
numpy = m[1:] + m[:-1]
same("sums of neighbouring rows", apl, numpy)

# Sum of each block of two by two
apl = 2 +/ 2 +⌿ 3 3 ⍴ ⍳ 9
numpy = (lambda t: t[1:, 1:] + t[1:, :-1] + t[:-1, 1:] + t[:-1, :-1])(np.arange(9).reshape(3, 3))
same("two by two sums", apl, numpy)

# Moving sum from running sums
apl = {(3 ↓ ⍵) - ¯3 ↓ ⍵} 0 ⍪ +\ x
numpy = np.append(0, np.cumsum(x))[3:] - np.append(0, np.cumsum(x))[:-3]
same("by moving sums", apl, numpy)

# How far below the highest so far
apl = (⌈\ x) - x
numpy = np.maximum.accumulate(x) - x
same("below the high", apl, numpy)

# Where a new high is reached
apl = x > ¯1 ↓ 0 ⍪ ⌈\ x
numpy = x > np.append(0, np.maximum.accumulate(x)[:-1])
same("records", apl, numpy)

# How many distinct values so far
apl = +\ (x ⍳ x) == ⍳ ≢ x
numpy = np.array([len(np.unique(x[:i])) for i in range(1, len(x) + 1)])
same("new values", apl, numpy)

# Water that stays between bars
apl = ((⌈\ h) ⌊ ⌽ ⌈\ ⌽ h) - h
numpy = np.minimum(np.maximum.accumulate(h), np.maximum.accumulate(h[::-1])[::-1]) - h
same("trapped water", apl, numpy)

# Steps since the last true
apl = (⍳ ≢ b) - ⌈\ b × ⍳ ≢ b
numpy = np.arange(len(b)) - np.maximum.accumulate(b * np.arange(len(b)))
same("since the last", apl, numpy)

# Depth of nesting from opening and closing brackets
apl = +\ 1 1 ¯1 1 ¯1 ¯1
numpy = np.cumsum([1, 1, -1, 1, -1, -1])
same("nesting depth", apl, numpy)

# Do the brackets match
apl = {(∧/ 0 ≤ ⍵) ∧ 0 == ⊃ ⌽ ⍵} +\ 1 1 ¯1 1 ¯1 ¯1
numpy = np.all(np.cumsum([1, 1, -1, 1, -1, -1]) >= 0) and np.sum([1, 1, -1, 1, -1, -1]) == 0
same("balanced", apl, numpy)

# Largest sum of a consecutive part
apl = ⌈/ {⍵ - ⌊\ ¯1 ↓ 0 ⍪ ⍵} +\ 2 ¯5 3 4 ¯1 2 ¯6
numpy = max(np.sum([2, -5, 3, 4, -1, 2, -6][i:j]) for i in range(7) for j in range(i + 1, 8))
same("best run", apl, numpy)

# Integral of a curve given at equal steps
apl = +/ 2 +/ 0.5 × 0 1 4 9
numpy = np.trapezoid([0, 1, 4, 9])
same("trapezoid rule", apl, numpy)

# Counting and grouping: how many of each, and totals by group.

from compare import same

x = 2 0 1 2 2 0
v = 10 20 30 40 50 60
g = 0 1 0 2 1 0
r = 4 4 4 7 7 4
b = np.array([True, True, False, True, True, True, False])
m = np.array([[1, 0, 1], [0, 0, 1]])
edges = 0 10 20
data = 3 15 8 22 11 5

# Number of trues
apl = +/ b
numpy = np.count_nonzero(b)
same("true", apl, numpy)

# Fraction of trues
apl = (+/ b) ÷ ≢ b
numpy = np.mean(b)
same("fraction true", apl, numpy)

# Number of non-zeros in each row
apl = +/ m ≠ 0
numpy = np.count_nonzero(m, axis=1)
same("by row", apl, numpy)

# How often each of 0 1 2 … occurs
apl = +/ (⍳ 3) ∘.== x
numpy = np.bincount(x, minlength=3)
same("frequencies", apl, numpy)

# How often each distinct value occurs
apl = +/ ({⍵[⍋ ⍵]} ∪ r) ∘.== r
numpy = np.unique(r, return_counts=True)[1]
same("frequencies of distinct", apl, numpy)

# Distinct values beside their frequencies
apl = {⍵ ⍪⍤0 (+/ ⍵ ∘.== r)} ∪ r
numpy = np.stack(np.unique(r, return_counts=True), axis=1)
same("values and counts", apl, numpy)

# The most frequent value
apl = {(∪ ⍵)[{⍵ ⍳ ⌈/ ⍵} +/ (∪ ⍵) ∘.== ⍵]} x
numpy = np.argmax(np.bincount(x))
same("mode", apl, numpy)

# Number of items in each interval
apl = +/ (⍳ 3) ∘.== edges ⍸ data
numpy = np.histogram(data, [0, 10, 20, 30])[0]
same("histogram", apl, numpy)

# Number of items up to each value
apl = +\ +/ (⍳ 3) ∘.== x
numpy = np.cumsum(np.bincount(x))
same("cumulative frequencies", apl, numpy)

# Sum of each group
apl = ((⍳ 3) ∘.== g) +.× v
numpy = np.array([v[g == k].sum() for k in range(3)])
same("sums by group", apl, numpy)

# Mean of each group
apl = (((⍳ 3) ∘.== g) +.× v) ÷ +/ (⍳ 3) ∘.== g
numpy = np.bincount(g, weights=v) / np.bincount(g)
same("means by group", apl, numpy)

# Largest of each group
apl = ⌈/ v × (⍳ 3) ∘.== g
numpy = np.array([v[g == k].max() for k in range(3)])
same("largest by group", apl, numpy)

# Bring the items of each group together
apl = v[⍋ g]
numpy = v[np.argsort(g, kind='stable')]
same("together", apl, numpy)

# Each item as a share of its group's total
apl = v ÷ (((⍳ 3) ∘.== g) +.× v)[g]
numpy = v / np.bincount(g, weights=v)[g]
same("shares in group", apl, numpy)

# How often each item occurred before
apl = ¯1 + +/ (x ∘.== x) ∧ (⍳ 6) ∘.≥ ⍳ 6
numpy = np.tril(x[:, None] == x).sum(axis=1) - 1
same("occurrence number", apl, numpy)

# How often each pair of two classifications occurs
apl = ((⍳ 3) ∘.== g) +.∧ ⍉ (⍳ 3) ∘.== x
numpy = np.bincount(g * 3 + x, minlength=9).reshape(3, 3)
same("cross table", apl, numpy)

# Mask of where runs of equal items begin
apl = True ⍪ 2 ≠/ r
numpy = np.append(True, r[1:] != r[:-1])
same("run starts", apl, numpy)

# Value of each run
apl = (True ⍪ 2 ≠/ r) ⌿ r
numpy = r[np.append(True, r[1:] != r[:-1])]
same("run values", apl, numpy)

# Length of each run
apl = 2 -⍨/ (⍸ True ⍪ 2 ≠/ r) ⍪ ≢ r
numpy = np.diff(np.append(np.flatnonzero(np.append(True, r[1:] != r[:-1])), len(r)))
same("run lengths", apl, numpy)

# Number of the run that each item is in
apl = +\ 0 ⍪ 2 ≠/ r
numpy = np.cumsum(np.append(0, r[1:] != r[:-1]))
same("run numbers", apl, numpy)

# Number of runs
apl = 1 + +/ 2 ≠/ r
numpy = 1 + np.count_nonzero(r[1:] != r[:-1])
same("number of runs", apl, numpy)

# Vector from the values and lengths of its runs
apl = 3 2 1 ⌿ 4 7 4
numpy = np.repeat([4, 7, 4], [3, 2, 1])
same("decoded", apl, numpy)

# Length of the longest run of trues
apl = ⌈/ 2 -⍨/ ⍸ True ⍪ (~b) ⍪ True
numpy = 0 + np.diff(np.flatnonzero(np.concatenate([[True], ~b, [True]]))).max()
same("longest run", apl, numpy)

# Trues in a row up to each place
apl = (+\ b) - ⌈\ (+\ b) × ~b
numpy = np.cumsum(b) - np.maximum.accumulate(np.cumsum(b) * ~b)
same("trues so far", apl, numpy)

# Sum of each segment, given where segments begin
apl = 2 -⍨/ 0 ⍪ (+\ v)[1 2 5]
numpy = np.add.reduceat(v, [0, 2, 3])
same("segment sums", apl, numpy)

# Totals of rows of three
apl = +/ 2 3 ⍴ v
numpy = v.reshape(-1, 3).sum(axis=1)
same("weekly totals", apl, numpy)

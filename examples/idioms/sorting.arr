# Sorting and grading: the order that sorts, and what it gives.

from compare import same

x = 30 10 50 20 40 10
y = 1 2 3 4 5 6
d = 3 ¯1 ¯4 1 ¯5 2
p = 2 0 3 1
m = np.array([[3, 1], [1, 5], [3, 0], [1, 2]])
s = 1 3 5

# The order that sorts: indices of the smallest, the next, and so on
apl = ⍋ x
numpy = np.argsort(x, kind='stable')
same("grade", apl, numpy)

# The order that sorts from the largest down
apl = ⍒ x
numpy = np.argsort(-x, kind='stable')
same("grade down", apl, numpy)

# Sort ascending
apl = x[⍋ x]
numpy = np.sort(x)
same("sorted", apl, numpy)

# Sort descending
apl = x[⍒ x]
numpy = np.sort(x)[::-1]
same("sorted down", apl, numpy)

# Rank of each item, the smallest is 0
apl = ⍋ ⍋ x
numpy = np.argsort(np.argsort(x, kind='stable'))
same("ranks", apl, numpy)

# Rank of each item, the largest is 0
apl = ⍋ ⍒ x
numpy = np.argsort(np.argsort(-x, kind='stable'))
same("ranks from the top", apl, numpy)

# Sort one list by another
apl = y[⍋ x]
numpy = y[np.argsort(x, kind='stable')]
same("sorted by another", apl, numpy)

# The largest items
apl = 3 ↑ x[⍒ x]
numpy = np.sort(x)[::-1][:3]
same("three largest", apl, numpy)

# Indices of the smallest items
apl = 3 ↑ ⍋ x
numpy = np.argsort(x, kind='stable')[:3]
same("where the smallest are", apl, numpy)

# An item by its rank
apl = x[(⍋ x)[2]]
numpy = np.partition(x, 2)[2]
same("third smallest", apl, numpy)

# Merge two lists in order
apl = {⍵[⍋ ⍵]} x ⍪ s
numpy = np.sort(np.concatenate([x, s]))
same("merged", apl, numpy)

# Sort by absolute value
apl = d[⍋ abs(d)]
numpy = d[np.argsort(np.abs(d), kind='stable')]
same("by magnitude", apl, numpy)

# Move the positive items to the front, otherwise in order
apl = d[⍒ d > 0]
numpy = np.concatenate([d[d > 0], d[d <= 0]])
same("positive first", apl, numpy)

# Sort into classes of equal remainders
apl = y[⍋ y % 3]
numpy = y[np.argsort(y % 3, kind='stable')]
same("by remainder", apl, numpy)

# Sort the rows of a table by one column
apl = m[⍋ m[:, 1]]
numpy = m[np.argsort(m[:, 1], kind='stable')]
same("rows by a column", apl, numpy)

# Sort the rows of a table, first column first
apl = m[⍋ m]
numpy = m[np.lexsort((m[:, 1], m[:, 0]))]
same("rows in order", apl, numpy)

# Sort within each row
apl = {⍵[⍋ ⍵]}⍤1 m
numpy = np.sort(m, axis=1)
same("each row sorted", apl, numpy)

# Sort within each column
apl = ⍉ {⍵[⍋ ⍵]}⍤1 ⍉ m
numpy = np.sort(m, axis=0)
same("each column sorted", apl, numpy)

# Do two lists hold the same items in any order
apl = 3 1 3 ≡⍥{⍵[⍋ ⍵]} 3 3 1
numpy = np.array_equal(np.sort([3, 1, 3]), np.sort([3, 3, 1]))
same("same items", apl, numpy)

# Is it a permutation
apl = p[⍋ p] ≡ ⍳ ≢ p
numpy = np.array_equal(np.sort(p), np.arange(len(p)))
same("a permutation", apl, numpy)

# Where a value belongs in a sorted list
apl = 1 + s ⍸ 4
numpy = np.searchsorted(s, 4, side='right')
same("place to insert", apl, numpy)

# Items that sorting does not move
apl = (x == x[⍋ x]) ⌿ x
numpy = x[x == np.sort(x)]
same("already in place", apl, numpy)

# The second largest of the distinct values
apl = {(⍵[⍒ ⍵])[1]} ∪ x
numpy = np.unique(x)[-2]
same("second largest", apl, numpy)

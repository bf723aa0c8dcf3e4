# Sets: vectors without regard to order and repetition.

from compare import same

x = 5 3 1 3
y = 7 5 3 9
u = 3 1 3 2 1 3
n = 3

# Distinct values in order of appearance
apl = ∪ u
numpy = u[np.sort(np.unique(u, return_index=True)[1])]
same("distinct", apl, numpy)

# Distinct values in ascending order
apl = {⍵[⍋ ⍵]} ∪ u
numpy = np.unique(u)
same("distinct, sorted", apl, numpy)

# Number of distinct values
apl = ≢ ∪ u
numpy = np.size(np.unique(u))
same("how many distinct", apl, numpy)

# Values in either of two sets
apl = {⍵[⍋ ⍵]} ∪ x ∪ y
numpy = np.union1d(x, y)
same("union", apl, numpy)

# Values in both of two sets
apl = {⍵[⍋ ⍵]} ∪ x ∩ y
numpy = np.intersect1d(x, y)
same("intersection", apl, numpy)

# Items of the first that occur in the second, repetitions included
apl = x ∩ y
numpy = x[np.isin(x, y)]
same("kept in common", apl, numpy)

# Values of the first that are not in the second
apl = {⍵[⍋ ⍵]} ∪ (~y ∊ x) ⌿ y
numpy = np.setdiff1d(y, x)
same("difference", apl, numpy)

# Values in exactly one of two sets
apl = {⍵[⍋ ⍵]} ((~x ∊ y) ⌿ x) ⍪ (~y ∊ x) ⌿ y
numpy = np.setxor1d(x, y)
same("symmetric difference", apl, numpy)

# Is the first a subset of the second
apl = ∧/ 5 3 ∊ y
numpy = np.all(np.isin([5, 3], y))
same("a subset", apl, numpy)

# Have two sets nothing in common
apl = ~ ∨/ x ∊ y
numpy = not np.any(np.isin(x, y))
same("disjoint", apl, numpy)

# Do two vectors hold the same values
apl = (∧/ x ∊ u) ∧ ∧/ u ∊ x
numpy = np.array_equal(np.unique(x), np.unique(u))
same("same set", apl, numpy)

# Mask of the first occurrence of each value
apl = (u ⍳ u) == ⍳ ≢ u
numpy = np.isin(np.arange(len(u)), np.unique(u, return_index=True)[1])
same("first occurrences", apl, numpy)

# Items that occurred before
apl = ((u ⍳ u) ≠ ⍳ ≢ u) ⌿ u
numpy = np.delete(u, np.unique(u, return_index=True)[1])
same("repetitions", apl, numpy)

# Values that occur exactly once
apl = (1 == +/ u ∘.== u) ⌿ u
numpy = u[np.sum(u[:, None] == u, axis=1) == 1]
same("occur once", apl, numpy)

# Values that occur more than once
apl = {⍵[⍋ ⍵]} ∪ (1 < +/ u ∘.== u) ⌿ u
numpy = np.unique(u)[np.unique(u, return_counts=True)[1] > 1]
same("occur again", apl, numpy)

# Index at which each distinct value appears first
apl = ∪ u ⍳ u
numpy = np.sort(np.unique(u, return_index=True)[1])
same("where first", apl, numpy)

# Replace each value by its number among the distinct ones
apl = ({⍵[⍋ ⍵]} ∪ u) ⍳ u
numpy = np.unique(u, return_inverse=True)[1]
same("numbered", apl, numpy)

# Integers below n that do not occur
apl = (~(⍳ 6) ∊ u) ⌿ ⍳ 6
numpy = np.setdiff1d(np.arange(6), u)
same("missing", apl, numpy)

# All subsets of n items, as masks
apl = ⍉ (n ⍴ 2) ⊤ ⍳ 2 ** n
numpy = (np.arange(2 ** n)[:, None] >> np.arange(n)[::-1]) & 1
same("subsets", apl, numpy)

# Sum of every subset
apl = 2 5 11 +.× (n ⍴ 2) ⊤ ⍳ 2 ** n
numpy = ((np.arange(2 ** n)[:, None] >> np.arange(n)[::-1]) & 1) @ [2, 5, 11]
same("subset sums", apl, numpy)

# All pairs of indices, one a row
apl = 6 2 ⍴ ⍳ 2 3
numpy = np.argwhere(np.ones((2, 3)))
same("Cartesian product", apl, numpy)

# All pairs i < j
apl = ⍸ (⍳ 4) ∘.< ⍳ 4
numpy = np.transpose(np.triu_indices(4, 1))
same("pairs below", apl, numpy)

# Values of the first that are in neither of two others
apl = (~x ∊ y ∪ 9 2) ⌿ x
numpy = x[~np.isin(x, np.union1d(y, [9, 2]))]
same("only in one of three", apl, numpy)

# Which value is in which position
apl = ({⍵[⍋ ⍵]} ∪ u) ∘.== u
numpy = np.unique(u)[:, None] == u
same("membership table", apl, numpy)

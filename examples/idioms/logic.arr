# Logic: masks together, and what holds for all of them.

from compare import same

p = np.array([False, False, True, True])
q = np.array([False, True, False, True])
x = 3 8 5 1
m = np.array([[True, False, True], [True, True, True]])
board = np.array([[0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]]) == 1

# Negation
apl = ~p
numpy = np.logical_not(p)
same("not", apl, numpy)

# Conjunction
apl = p ∧ q
numpy = np.logical_and(p, q)
same("and", apl, numpy)

# Disjunction
apl = p ∨ q
numpy = np.logical_or(p, q)
same("or", apl, numpy)

# Not both
apl = p ⍲ q
numpy = ~(p & q)
same("nand", apl, numpy)

# Neither
apl = p ⍱ q
numpy = ~(p | q)
same("nor", apl, numpy)

# Exactly one of two
apl = p ≠ q
numpy = np.logical_xor(p, q)
same("exclusive or", apl, numpy)

# Both or neither
apl = p == q
numpy = ~(p ^ q)
same("equivalent", apl, numpy)

# If the first, then the second
apl = p ≤ q
numpy = ~p | q
same("implies", apl, numpy)

# The first but not the second
apl = p > q
numpy = p & ~q
same("but not", apl, numpy)

# Are all true
apl = ∧/ p
numpy = np.all(p)
same("all", apl, numpy)

# Is any true
apl = ∨/ p
numpy = np.any(p)
same("any", apl, numpy)

# Is none true
apl = ~ ∨/ p
numpy = not np.any(p)
same("none", apl, numpy)

# Is one of them false
apl = ~ ∧/ p
numpy = not np.all(p)
same("not all", apl, numpy)

# Is exactly one true
apl = 1 == +/ p
numpy = np.sum(p) == 1
same("exactly one", apl, numpy)

# Are more true than false
apl = (+/ p) > (≢ p) ÷ 2
numpy = np.sum(p) > len(p) / 2
same("most", apl, numpy)

# Is an odd number of them true
apl = ≠/ p
numpy = np.logical_xor.reduce(p)
same("odd", apl, numpy)

# Is a value in a half-open interval
apl = 3 ≤ x < 8
numpy = (3 <= x) & (x < 8)
same("between", apl, numpy)

# Is a value outside of an interval
apl = (x < 2) ∨ x > 6
numpy = (x < 2) | (x > 6)
same("outside", apl, numpy)

# Which rows are all true
apl = ∧/ m
numpy = m.all(axis=1)
same("rows all true", apl, numpy)

# Which columns have a true
apl = ∨⌿ m
numpy = m.any(axis=0)
same("columns with a true", apl, numpy)

# Negation turns and into or
apl = (~(p ∧ q)) ≡ (~p) ∨ ~q
numpy = np.array_equal(~(p & q), ~p | ~q)
same("De Morgan", apl, numpy)

# 1 for true and -1 for false
apl = ¯1 + 2 × p
numpy = np.where(p, 1, -1)
same("signs", apl, numpy)

# Truth values as the numbers 0 and 1
apl = p + 0
numpy = p.astype(int)
same("to numbers", apl, numpy)

# Numbers as truth values: which are not 0
apl = 0 ≠ 3 0 ¯1
numpy = np.array([3, 0, -1]).astype(bool)
same("to truth values", apl, numpy)

# All combinations of three truth values
apl = 2 2 2 ⊤ ⍳ 8
numpy = np.indices((2, 2, 2)).reshape(3, -1)
same("truth table", apl, numpy)

# Table of a function of two truth values
apl = p[1 2] ∘.∧ p[1 2]
numpy = np.logical_and.outer(p[1:3], p[1:3])
same("table of and", apl, numpy)

# Sum and carry of two bits
apl = (p ≠ q) ⍪⍤0 p ∧ q
numpy = np.stack([p ^ q, p & q], axis=1)
same("half adder", apl, numpy)

# Majority of three bits
apl = (p ∧ q) ∨ (p ∧ m[0, 1]) ∨ q ∧ m[0, 1]
numpy = (p & q) | (p & m[0, 1]) | (q & m[0, 1])
same("majority of three", apl, numpy)

# Index of the first true
apl = p ⍳ True
numpy = np.argmax(p)
same("first true", apl, numpy)

# Truth values as the bits of a number
apl = 2 ⊥ p
numpy = p @ (1 << np.arange(4)[::-1])
same("as a number", apl, numpy)

# The next generation in Conway's game of life
apl = {(⍵ == 3) ∨ board ∧ ⍵ == 4} {(1 ⊖ ⍵) + ⍵ + ¯1 ⊖ ⍵} {(1 ⌽ ⍵) + ⍵ + ¯1 ⌽ ⍵} board + 0
numpy = np.isin(2 * np.sum([np.roll(board, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0) - board, [5, 6, 7])
same("game of life", apl, numpy)

# Polynomials and bases: evaluation, products, digits and rounding.

from compare import near, same

a = 1 2 3
b = 4 5
x = 0.5 1.25 2.75 ¯1.5
t = 0.0 1.0 2.0 3.0
y = 1.0 3.0 5.0 7.0

# Value of a polynomial at 2, highest power first
apl = 2 ⊥ a
numpy = np.polyval(a, 2)
same("value", apl, numpy)

# Values of a polynomial at several points
apl = a +.×⍨ t ∘.** 2 1 0
numpy = np.polyval(a, t)
same("values", apl, numpy)

# Value of a polynomial, lowest power first
apl = +/ a × 2 ** ⍳ ≢ a
numpy = np.polyval(a[::-1], 2)
same("ascending", apl, numpy)

# Product of two polynomials
apl = +⌿ (-⍳ ≢ a) ⌽ a ∘.× b ⍪ 0 0
numpy = np.convolve(a, b)
same("product", apl, numpy)

# Sum of two polynomials of different degree
apl = a + ¯3 ↑ b
numpy = a + np.pad(b, (1, 0))
same("sum", apl, numpy)

# Derivative of a polynomial
apl = ¯1 ↓ a × ⌽ ⍳ ≢ a
numpy = a[:-1] * np.arange(2, 0, -1)
same("derivative", apl, numpy)

# Integral of a polynomial
apl = (a ÷ (1 + ⌽ ⍳ ≢ a)) ⍪ 0
numpy = np.append(a / np.arange(3, 0, -1), 0)
same("integral", apl, numpy)

# Powers of each point: the Vandermonde matrix
apl = t ∘.** ⌽ ⍳ 3
numpy = np.vander(t, 3)
same("Vandermonde", apl, numpy)

# Coefficients of the straight line through points
apl = y ⌹ t ∘.** 1 0
numpy = np.polyfit(t, y, 1)
near("line of best fit", apl, numpy)

# Multiply a polynomial by (x - 2)
apl = (a ⍪ 0) - 2 × 0 ⍪ a
numpy = np.convolve(a, [1, -2])
same("one more root", apl, numpy)

# Number from its decimal digits
apl = 10 ⊥ 2 0 2 6
numpy = np.polyval([2, 0, 2, 6], 10)
same("from digits", apl, numpy)

# Number from its bits
apl = 2 ⊥ 1 0 1 1
numpy = np.dot([1, 0, 1, 1], 1 << np.arange(4)[::-1])
same("from bits", apl, numpy)

# Bits of a number
apl = (8 ⍴ 2) ⊤ 77
numpy = 77 >> np.arange(8)[::-1] & 1
same("bits", apl, numpy)

# Bits of several numbers, one a column
apl = (3 ⍴ 2) ⊤ 1 6 3
numpy = np.array([1, 6, 3]) >> np.arange(3)[::-1, None] & 1
same("bits of several", apl, numpy)

# Digits in base 16
apl = 16 16 ⊤ 254
numpy = np.array(np.divmod(254, 16))
same("hexadecimal digits", apl, numpy)

# Seconds from hours, minutes and seconds
apl = 24 60 60 ⊥ 1 2 3
numpy = np.ravel_multi_index((1, 2, 3), (24, 60, 60))
same("mixed base", apl, numpy)

# Hours, minutes and seconds from seconds
apl = 24 60 60 ⊤ 3723
numpy = np.unravel_index(3723, (24, 60, 60))
same("to mixed base", apl, numpy)

# How many decimal digits
apl = 1 + ⌊ 10 ⍟ 2026
numpy = 1 + np.floor(np.log10(2026))
same("number of digits", apl, numpy)

# Gray code of a number
apl = 2 ⊥ 2 ≠/ 0 ⍪ (4 ⍴ 2) ⊤ 13
numpy = 13 ^ 13 >> 1
same("Gray code", apl, numpy)

# Whole part and fraction
apl = 0 1 ⊤ 3.75
numpy = np.array(np.divmod(3.75, 1))
same("whole and fraction", apl, numpy)

# Fraction of each number
apl = x % 1
numpy = x - np.floor(x)
same("fractions", apl, numpy)

# Round half up to whole numbers
apl = ⌊ x + 0.5
numpy = np.floor(x + 0.5)
same("rounded", apl, numpy)

# Round half up to one decimal
apl = (⌊ 0.5 + x × 10) ÷ 10
numpy = np.floor(x * 10 + 0.5) / 10
same("rounded to tenths", apl, numpy)

# Next multiple of a number
apl = 5 × ⌈ 12 15 16 ÷ 5
numpy = 5 * np.ceil(np.array([12, 15, 16]) / 5)
same("rounded up to a multiple", apl, numpy)

# Round towards zero
apl = (× x) × ⌊ abs(x)
numpy = np.sign(x) * np.floor(np.abs(x))
same("towards zero", apl, numpy)

# Division rounded up
apl = ⌈ 17 ÷ 5
numpy = np.ceil(17 / 5)
same("how many parts", apl, numpy)

# Roots of x² - 5x + 6
apl = (5 + 1 ¯1 × (25 - 4 × 6) ** 0.5) ÷ 2
numpy = np.roots([1, -5, 6])
near("roots", apl, numpy)

# All numbers of three binary digits, one a row
apl = ⍉ 2 2 2 ⊤ ⍳ 8
numpy = np.indices((2, 2, 2)).reshape(3, -1).T
same("counting up", apl, numpy)

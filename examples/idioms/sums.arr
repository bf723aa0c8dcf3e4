# Sums and means: folding a vector or a table into less.

from compare import same

x = 3 1 4 1 5 9
y = 2.0 4.0 8.0
w = 1 2 3 4 5 6
m = np.array([[3, 1, 4], [1, 5, 9]])
b = np.array([True, False, True, True, False, True])
n = 10

# Sum of all items
apl = +/ x
numpy = np.sum(x)
same("sum", apl, numpy)

# Sum of the squares
apl = +/ x ** 2
numpy = np.sum(x ** 2)
same("sum of squares", apl, numpy)

# Product of all items
apl = ×/ x
numpy = np.prod(x)
same("product", apl, numpy)

# Arithmetic mean
apl = (+/ x) ÷ ≢ x
numpy = np.mean(x)
same("mean", apl, numpy)

# Sum of each row
apl = +/ m
numpy = np.sum(m, axis=1)
same("row sums", apl, numpy)

# Sum of each column
apl = +⌿ m
numpy = np.sum(m, axis=0)
same("column sums", apl, numpy)

# Sum, as the value of digits in base 1
apl = 1 ⊥ x
numpy = np.sum(x)
same("by decoding", apl, numpy)

# Sum of everything in a table
apl = +/ ∊ m
numpy = np.sum(m)
same("grand total", apl, numpy)

# Mean of each row
apl = (+/ m) ÷ (⍴ m)[1]
numpy = np.mean(m, axis=1)
same("row means", apl, numpy)

# Mean of each column
apl = (+⌿ m) ÷ ≢ m
numpy = np.mean(m, axis=0)
same("column means", apl, numpy)

# First minus second plus third minus fourth, and so on
apl = -/ x
numpy = np.sum(x[::2]) - np.sum(x[1::2])
same("alternating sum", apl, numpy)

# First divided by second times third, and so on
apl = ÷/ y
numpy = np.prod(y[::2]) / np.prod(y[1::2])
same("alternating product", apl, numpy)

# Sum of the items that a mask selects
apl = b +.× x
numpy = np.sum(x[b])
same("sum where", apl, numpy)

# Sum of the items above a limit
apl = +/ x × (x > 3)
numpy = np.sum(x[x > 3])
same("sum over three", apl, numpy)

# Mean with weights
apl = (w +.× x) ÷ +/ w
numpy = np.average(x, weights=w)
same("weighted mean", apl, numpy)

# Harmonic mean: the count by the sum of the reciprocals
apl = (≢ y) ÷ +/ ÷ y
numpy = len(y) / np.sum(1 / y)
same("harmonic mean", apl, numpy)

# Geometric mean: the root of the product
apl = (×/ y) ** ÷ ≢ y
numpy = np.prod(y) ** (1 / len(y))
same("geometric mean", apl, numpy)

# Root of the mean of the squares
apl = ((+/ y × y) ÷ ≢ y) ** 0.5
numpy = np.sqrt(np.mean(y * y))
same("root mean square", apl, numpy)

# Largest less smallest
apl = (⌈/ x) - ⌊/ x
numpy = np.ptp(x)
same("spread", apl, numpy)

# Halfway between smallest and largest
apl = 0.5 × ((⌈/ x) + ⌊/ x)
numpy = 0.5 * (np.max(x) + np.min(x))
same("midrange", apl, numpy)

# Sum of the integers from 1 to n
apl = +/ 1 + ⍳ n
numpy = np.sum(np.arange(1, n + 1))
same("first n integers", apl, numpy)

# Sum of the reciprocals of 1 to n
apl = +/ ÷ 1 + ⍳ n
numpy = np.sum(1 / np.arange(1, n + 1))
same("partial harmonic sum", apl, numpy)

# Each column less its mean
apl = m - (+⌿ m) ÷ ≢ m
numpy = m - np.mean(m, axis=0)
same("centred", apl, numpy)

# Each item as a share of the total
apl = y ÷ +/ y
numpy = y / np.sum(y)
same("shares", apl, numpy)

# Largest row sum
apl = ⌈/ +/ m
numpy = np.max(np.sum(m, axis=1))
same("largest sum", apl, numpy)

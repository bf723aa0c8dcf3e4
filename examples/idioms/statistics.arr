# Statistics: where data lie, how they spread, and what they have to do with each other.

from compare import near, same

x = 2.0 4.0 4.0 4.0 5.0 5.0 7.0 9.0
y = 1.0 3.0 2.0 5.0 4.0 6.0 8.0 7.0
e = 1 9 3 7 5
m = np.array([[1.0, 2.0], [3.0, 8.0], [5.0, 5.0]])

# Mean, as a train: sum by count
apl = (+/ ÷ ≢) x
numpy = np.mean(x)
same("mean", apl, numpy)

# Mean of the squares of deviations
apl = (+/ ÷ ≢) (x - (+/ ÷ ≢) x) ** 2
numpy = np.var(x)
same("variance", apl, numpy)

# Root of the variance
apl = ((+/ ÷ ≢) (x - (+/ ÷ ≢) x) ** 2) ** 0.5
numpy = np.std(x)
same("standard deviation", apl, numpy)

# Variance, by one less than the count
apl = (+/ (y - (+/ ÷ ≢) y) ** 2) ÷ ≢ 1 ↓ y
numpy = np.var(y, ddof=1)
same("variance of a sample", apl, numpy)

# Deviations from the mean
apl = (⊢ - (+/ ÷ ≢)) x
numpy = x - np.mean(x)
same("deviations", apl, numpy)

# Mean distance from the mean
apl = (+/ ÷ ≢) abs((⊢ - (+/ ÷ ≢)) x)
numpy = np.mean(np.abs(x - np.mean(x)))
same("mean deviation", apl, numpy)

# Deviations in standard deviations
apl = {⍵ ÷ ((+/ ÷ ≢) ⍵ ** 2) ** 0.5} (⊢ - (+/ ÷ ≢)) x
numpy = (x - np.mean(x)) / np.std(x)
same("z-scores", apl, numpy)

# The middle item
apl = e[(⍋ e)[(≢ e) // 2]]
numpy = np.sort(e)[len(e) // 2]
same("median of an odd number", apl, numpy)

# Mean of the middle items
apl = (+/ ÷ ≢) x[(⍋ x)[((≢ x) - 1 0) // 2]]
numpy = np.median(x)
same("median", apl, numpy)

# Median distance from the median
apl = {(+/ ÷ ≢) ⍵[(⍋ ⍵)[((≢ ⍵) - 1 0) // 2]]} abs(e - 5.0)
numpy = np.median(np.abs(e - np.median(e)))
same("deviation from the median", apl, numpy)

# The most frequent value, by grading the counts
apl = {(∪ ⍵)[(⍒ +/ (∪ ⍵) ∘.== ⍵)[0]]} x
numpy = np.unique(x)[np.argmax(np.unique(x, return_counts=True)[1])]
same("mode", apl, numpy)

# Range, as a train: largest less smallest
apl = (⌈/ - ⌊/) x
numpy = np.ptp(x)
same("range", apl, numpy)

# Mean without the smallest and the largest
apl = (+/ ÷ ≢) 1 ↓ ¯1 ↓ y[⍋ y]
numpy = np.mean(np.sort(y)[1:-1])
same("trimmed mean", apl, numpy)

# Covariance of two samples
apl = (((⊢ - (+/ ÷ ≢)) x) +.× (⊢ - (+/ ÷ ≢)) y) ÷ ≢ 1 ↓ x
numpy = np.cov(x, y)[0, 1]
near("covariance", apl, numpy)

# Covariances of the columns
apl = {((⍉ ⍵) +.× ⍵) ÷ ≢ 1 ↓ ⍵} m - (+⌿ m) ÷ ≢ m
numpy = np.cov(m, rowvar=False)
same("covariance matrix", apl, numpy)

# Correlation of two samples
apl = x {(⍺ +.× ⍵) ÷ ((⍺ +.× ⍺) × ⍵ +.× ⍵) ** 0.5}⍥(⊢ - (+/ ÷ ≢)) y
numpy = np.corrcoef(x, y)[0, 1]
near("correlation", apl, numpy)

# Slope and intercept of the line of best fit
apl = y ⌹ x ∘.** 1 0
numpy = np.polyfit(x, y, 1)
near("regression", apl, numpy)

# Ranks from 1, equal items share the mean of theirs
apl = 0.5 × (1 + (⍋ ⍋ x) + (⌽ ⍋ ⍋ ⌽ x) + 1)
numpy = np.array([np.mean(np.flatnonzero(np.sort(x) == v) + 1) for v in x])
same("ranks with ties", apl, numpy)

# Fraction of the data below each item
apl = (+/ x ∘.> x) ÷ ≢ x
numpy = np.mean(x[:, None] > x, axis=1)
same("percentile rank", apl, numpy)

# Cumulative share of the total
apl = (+\ ÷ +/) x
numpy = np.cumsum(x) / np.sum(x)
same("cumulative share", apl, numpy)

# Mean of squared differences
apl = (+/ ÷ ≢) (x - y) ** 2
numpy = np.mean((x - y) ** 2)
same("least squares error", apl, numpy)

# Scale to the range from 0 to 1
apl = (x - ⌊/ x) ÷ (⌈/ - ⌊/) x
numpy = (x - np.min(x)) / np.ptp(x)
same("to the unit interval", apl, numpy)

# Entropy of a distribution, in bits
apl = -+/ {⍵ × (2 ⍟ ⍵)} 0.5 0.25 0.125 0.125
numpy = -np.sum(np.array([0.5, 0.25, 0.125, 0.125]) * np.log2([0.5, 0.25, 0.125, 0.125]))
same("entropy", apl, numpy)

# Expected value from values and probabilities
apl = 1 2 3 +.× 0.25 0.5 0.25
numpy = np.dot([1, 2, 3], [0.25, 0.5, 0.25])
same("expectation", apl, numpy)

# Chances of 0 to 4 heads in four throws
apl = ((⍳ 5) ! 4) ÷ 2 ** 4
numpy = np.poly(-np.ones(4)) / 2 ** 4
same("binomial distribution", apl, numpy)

# How many ways there are to throw each sum with two dice
apl = +/ (2 + ⍳ 11) ∘.== ∊ ∘.+⍨ 1 + ⍳ 6
numpy = np.convolve(np.ones(6, int), np.ones(6, int))
same("two dice", apl, numpy)

# Items more than one and a half standard deviations from the mean
apl = ⍸ 1.5 < abs((x - (+/ ÷ ≢) x) ÷ ((+/ ÷ ≢) (x - (+/ ÷ ≢) x) ** 2) ** 0.5)
numpy = np.flatnonzero(np.abs(x - np.mean(x)) > 1.5 * np.std(x))
same("outliers", apl, numpy)

# Functions made for a purpose beat loops written by hand: solve, fft, convolve, unique, sort, where.

# Linear equations: 3x + y = 9 and x + 2y = 8.
A = np.array([[3.0, 1.0],
              [1.0, 2.0]])
y = np.array([9.0, 8.0])
x = np.linalg.solve(A, y)
print(x)
print(np.allclose(A @ x, y))
print(np.linalg.det(A).round(6))

# A signal of two frequencies, found again by the Fourier transform.
t = np.arange(64) ÷ 64
signal = np.sin(2 × pi × 5 × t) + 0.5 × np.sin(2 × pi × 12 × t)
strength = np.abs(np.fft.rfft(signal)) ÷ 32
print(np.where(strength > 0.1)[0])
print(strength[strength > 0.1].round(3))

# A moving average is a convolution.
print(np.convolve(1 2 3 4 5 6, np.ones(3) ÷ 3, mode="valid"))

# Polynomials multiply by convolution: (1 + x)(1 + x) = 1 + 2x + x².
print(np.convolve(1 1, 1 1))

# Each value once, and how often.
values, counts = np.unique(3 1 3 2 1 3, return_counts=True)
print(values)
print(counts)

# Sorting, and the order that sorts.
scores = np.array([71, 95, 88, 60])
print(np.sort(scores))
print(np.argsort(scores)[::-1])
print(scores[⍒ scores])

# Choosing element by element, and finding where something holds.
print(np.where(scores >= 70, scores, 0))
print(np.where(scores >= 70))
print(⍸ scores >= 70)

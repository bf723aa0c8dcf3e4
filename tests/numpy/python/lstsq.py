import numpy as np

# A least-squares fit: the line, then the parabola, that comes nearest to noisy points.
rng = np.random.default_rng(7)
x = np.linspace(0, 4, 9)
y = 2 + 3 * x - 0.5 * x ** 2 + 0.1 * rng.standard_normal(9)

# The columns of the design matrix are the powers of x; ∘.** makes them all.

def design(x, degree):
    return np.power.outer(x, np.arange(degree + 1))


# The best coefficients solve the normal equations AᵀA k = Aᵀy.

def fit(x, y, degree):
    A = design(x, degree)
    return np.linalg.solve(A.T @ A, A.T @ y)



def residual(x, y, k):
    return np.linalg.norm(design(x, len(k) - 1) @ k - y)


print(design(np.array([0, 1, 2, 3]), 2))

for degree in np.array([1, 2, 3]):
    k = fit(x, y, degree)
    print(f"degree {degree}: residual {residual(x, y, k):.4f}, coefficients {k.round(3)}")

k = fit(x, y, 2)
print("predicted at 5:", (design(np.array([5.0, 6.0]), 2) @ k).round(3)[0])

# Number theory: divisors, primes, digits and sequences.

from compare import equal, near, same

n = 28
d = 1 + np.arange(28)
k = 2 + np.arange(28)
x = 12 18 30
v = 4 1 9 6 7

# Greatest common divisor
apl = 12 ∨ 18
numpy = np.gcd(12, 18)
same("gcd", apl, numpy)

# Least common multiple
apl = 12 ∧ 18
numpy = np.lcm(12, 18)
same("lcm", apl, numpy)

# Greatest common divisor of a vector
apl = ∨/ x
numpy = np.gcd.reduce(x)
same("gcd of all", apl, numpy)

# Least common multiple of a vector
apl = ∧/ x
numpy = np.lcm.reduce(x)
same("lcm of all", apl, numpy)

# Divisors of a number
apl = (0 == n % d) ⌿ d
numpy = d[n % d == 0]
same("divisors", apl, numpy)

# Number of divisors
apl = +/ 0 == n % d
numpy = np.sum(n % d == 0)
same("how many divisors", apl, numpy)

# Number of divisors of each of 1 to n
apl = +⌿ 0 == d ∘.{⍵ % ⍺} d
numpy = np.sum(d % d[:, None] == 0, axis=0)
same("divisor counts", apl, numpy)

# Is it the sum of its proper divisors
apl = n == +/ (0 == n % ¯1 ↓ d) ⌿ ¯1 ↓ d
numpy = n == np.sum(d[:-1][n % d[:-1] == 0])
same("perfect", apl, numpy)

# Primes: the numbers from 2 on that are no product of two of them
apl = (~k ∊ k ∘.× k) ⌿ k
numpy = k[~np.isin(k, np.outer(k, k))]
same("primes by products", apl, numpy)

# Primes: the numbers with two divisors
apl = (2 == +⌿ 0 == d ∘.{⍵ % ⍺} d) ⌿ d
numpy = d[np.sum(d % d[:, None] == 0, axis=0) == 2]
same("primes by divisors", apl, numpy)

# Is a number prime
apl = 2 == +/ 0 == 29 % (1 + ⍳ 29)
numpy = np.sum(29 % np.arange(1, 30) == 0) == 2
same("prime", apl, numpy)

# Distinct prime factors of a number
apl = {(2 == +⌿ 0 == ⍵ ∘.{⍵ % ⍺} ⍵) ⌿ ⍵} (0 == 60 % (1 + ⍳ 60)) ⌿ 1 + ⍳ 60
numpy = np.array([q for q in range(2, 61) if 60 % q == 0 and np.all(q % np.arange(2, q) != 0)])
same("prime factors", apl, numpy)

# Euler's totient: how many of 1 to n have no divisor in common with n
apl = +/ 1 == (n ∨ d)
numpy = np.sum(np.gcd(n, d) == 1)
same("coprime count", apl, numpy)

# Which pairs have no divisor in common
apl = 1 == 1 2 3 4 ∘.∨ 1 2 3 4
numpy = np.gcd.outer([1, 2, 3, 4], [1, 2, 3, 4]) == 1
same("coprime table", apl, numpy)

# Odd numbers of a list
apl = (v % 2 == 1) ⌿ v
numpy = v[v % 2 == 1]
same("odd", apl, numpy)

# Decimal digits of a number
apl = 10 10 10 10 ⊤ 2026
numpy = 2026 // 10 ** np.arange(3, -1, -1) % 10
same("digits", apl, numpy)

# Sum of the digits
apl = +/ 10 10 10 10 ⊤ 2026
numpy = np.sum(2026 // 10 ** np.arange(4) % 10)
same("digit sum", apl, numpy)

# Digits in reverse
apl = 10 ⊥ ⌽ 10 10 10 10 ⊤ 2025
numpy = np.polyval(2025 // 10 ** np.arange(4) % 10, 10)
same("reversed digits", apl, numpy)

# Does a number read the same from behind
apl = {⍵ ≡ ⌽ ⍵} 10 10 10 10 ⊤ 2112
numpy = np.array_equal(2112 // 10 ** np.arange(4) % 10, (2112 // 10 ** np.arange(4) % 10)[::-1])
same("palindrome", apl, numpy)

# Sum of digits until one is left
apl = 1 + (2026 - 1) % 9
numpy = (2026 - 1) % 9 + 1
same("digital root", apl, numpy)

# Number of ones in binary
apl = +/ (8 ⍴ 2) ⊤ 200
numpy = np.sum(200 >> np.arange(8) & 1)
same("ones in binary", apl, numpy)

# One Collatz step: half if even, else three times and one
apl = {((1 - ⍵ % 2) × ⍵ // 2) + (⍵ % 2) × (1 + 3 × ⍵)} v
numpy = np.where(v % 2 == 0, v // 2, 3 * v + 1)
same("Collatz step", apl, numpy)

# Perfect squares below a limit
apl = (0 == d ** 0.5 % 1) ⌿ d
numpy = d[np.sqrt(d) % 1 == 0]
same("squares", apl, numpy)

# Triangular numbers
apl = +\ 1 + ⍳ 6
numpy = np.cumsum(np.arange(1, 7))
same("triangular", apl, numpy)

# Factorials of 1 to n
apl = ×\ 1 + ⍳ 6
numpy = np.cumprod(np.arange(1, 7))
same("factorials", apl, numpy)

# Fibonacci numbers
apl = {⍵ ⍪ +/ ¯2 ↑ ⍵}⍣8 0 1
numpy = np.array([np.linalg.matrix_power(np.array([[1, 1], [1, 0]]), i)[0, 1] for i in range(10)])
same("Fibonacci", apl, numpy)

# Row of Pascal's triangle, by adding shifted rows
apl = {(0 ⍪ ⍵) + ⍵ ⍪ 0}⍣4 1
numpy = np.convolve(np.convolve([1, 1], [1, 1]), np.convolve([1, 1], [1, 1]))
same("Pascal's row", apl, numpy)

# Binomial coefficients
apl = (⍳ 5) ! 4
numpy = np.poly(-np.ones(4))
equal("binomials", apl, numpy)

# Continued fraction of ones: the golden ratio
apl = (+∘÷)/ 40 ⍴ 1
numpy = (1 + np.sqrt(5)) / 2
near("golden ratio", apl, numpy)

# Multiplication table modulo n
apl = ((⍳ 5) ∘.× ⍳ 5) % 5
numpy = np.outer(np.arange(5), np.arange(5)) % 5
same("multiplication modulo", apl, numpy)

# Powers of 3 modulo 7
apl = (3 ** ⍳ 7) % 7
numpy = 3 ** np.arange(7) % 7
same("powers modulo", apl, numpy)

# Zeros at the end of 100 factorial
apl = +/ 100 // 5 ** (1 + ⍳ 2)
numpy = np.sum(100 // 5 ** np.arange(1, 3))
same("trailing zeros", apl, numpy)

# Is a number a power of two
apl = 1 == +/ (8 ⍴ 2) ⊤ 64
numpy = 64 & (64 - 1) == 0
same("power of two", apl, numpy)

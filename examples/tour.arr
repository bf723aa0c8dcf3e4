# A five-minute walk through arr:  arr examples/tour.arr

print("— Numbers and arrays —")
# A line that is an expression shows its value. Numbers side by side are a vector.
2 + 3 × 4
1 2 3 4 × 10
[[1, 2, 3], [4, 5, 6]]

# NumPy's names are there, with or without np. in front.
np.arange(10) ** 2
linspace(0, 1, 5)

print("\n— No loops —")
# Work on whole arrays: arithmetic goes element by element …
temperatures = np.array([18.5, 21.0, 19.2, 24.8, 23.1])
temperatures × 9 ÷ 5 + 32

# … a number or a row stretches over a table (broadcasting) …
table = np.arange(1, 4)[:, None] × np.arange(1, 6)
table
table + 100 200 300 400 500

# … and a comparison gives a mask, which selects.
temperatures[temperatures > temperatures.mean()]

print("\n— Glyphs —")
# APL's notation sits on top. A glyph function takes everything to its right.
+/ 1 2 3 4                  # reduce: put + between the items
+\ 1 2 3 4                  # scan: the running sums
2 3 ⍴ ⍳ 6                   # reshape the first six integers
⌽ 2 3 ⍴ ⍳ 6                 # reverse each row
(⍳ 5) ∘.× ⍳ 5               # every product: an outer product
+/ 1 2 3 × 4 5 6            # the sum of the products
1 2 3 +.× 4 5 6             # which has a name: the inner product

# Functions next to each other are a train: the sum divided by the count.
mean = (+/ ÷ ≢)
mean(temperatures)

print("\n— Functions —")
fn zscore(x) = (x - x.mean()) ÷ x.std()
zscore(temperatures).round(2)

fn collatz(n) {
    steps = 0
    while n != 1 {
        n = n // 2 if n % 2 == 0 else 3 × n + 1
        steps += 1
    }
    steps
}
collatz(27)
[collatz(n) for n in range(1, 11)]

# A pipe reads from left to right.
np.arange(1, 6) |> (x => x ** 2) |> sum

# A function in braces has its arguments as ⍵ (right) and ⍺ (left).
{⍵[⍋ ⍵]} 3 1 4 1 5
3 {(⍺ × ⍵) + 1} 10

print("\n— Memory —")
# A slice is a view: writing to it writes the array it was taken from.
a = np.arange(10)
a[::2] = 0
a
evens = a[::2]
evens.base is a
a.reshape(2, 5).T.flags['C_CONTIGUOUS']

# Small numbers in small types: arrays keep their dtype next to a plain number.
pixels = np.array([10, 100, 250], dtype=np.uint8)
(pixels // 2 + 100).dtype
f"{np.zeros(10**6).nbytes} bytes as float64, {np.zeros(10**6, dtype=np.int8).nbytes} as int8"

print("\n— Tools —")
A = np.array([[3.0, 1], [1, 2]])
np.linalg.solve(A, 9.0 8.0)
np.abs(np.fft.rfft(np.sin(2 × pi × 3 × np.arange(16) ÷ 16))).round(3)
np.convolve(1 2 3, 1 1)
np.unique(3 1 3 2 1)
np.where(temperatures > 20, 1, 0)
rng = np.random.default_rng(42)
rng.integers(1, 7, size=10)
rng.normal(size=3)

print("\n— Text —")
for name, value in zip(["mean", "median"], (temperatures.mean(), np.median(temperatures))) {
    print(f"{name:>8} {value:6.2f}")
}

print("\n— Time —")
# What does the loop cost? The same sum, written twice.
v = np.arange(10_000)
fn loop_sum(v) {
    total = 0
    for x in v { total += x }
    total
}
loop_sum(v) == np.sum(v)
%timeit -r 3 loop_sum(v)
%timeit -r 3 np.sum(v)

temperatures = np.array([18.5, 21.0, 19.2, 24.8, 23.1])

temperatures[temperatures > temperatures.mean()]

np.arange(3)[:, None] + 10 20 30 40

(⍳ 4) ∘.× ⍳ 4

mean = (+/ ÷ ≢)
mean(temperatures)

fn zscore(x) = (x - x.mean()) ÷ x.std()
zscore(temperatures).round(2)

x = np.arange(1_000_000)

%timeit np.sum(x)

np.ones((2, 3)) + temperatures

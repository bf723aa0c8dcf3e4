# Standard deviation written three ways: a loop, NumPy's functions, an APL train.

x = 2.0 4.0 4.0 4.0 5.0 5.0 7.0 9.0

# 1. A loop: say how.
fn std_loop(x) {
    total = 0.0
    for v in x { total += v }
    mean = total / len(x)
    squares = 0.0
    for v in x { squares += (v - mean) ** 2 }
    (squares / len(x)) ** 0.5
}

# 2. Whole arrays: say what.
fn std_array(x) = np.sqrt(np.mean((x - np.mean(x)) ** 2))

# 3. Trains: functions put together, without naming what they are applied to.
mean = (+/ ÷ ≢)                  # the sum divided by the count
deviation = (⊢ - +/ ÷ ≢)         # each item less the mean
std_train = np.sqrt∘mean∘(×⍨)∘deviation

std_loop(x)
std_array(x)
std_train(x)

# And the built-in.
np.std(x)

# What each costs, for 100,000 elements:
big = np.random.default_rng(3).normal(10, 2, 100_000)
np.allclose((std_loop(big), std_array(big), std_train(big)), np.std(big))
%timeit -n 1 -r 3 std_loop(big)
%timeit -n 10 -r 3 std_array(big)
%timeit -n 10 -r 3 std_train(big)
%timeit -n 10 -r 3 np.std(big)

#: -
for i in range(3) { print(i) }

#: -
x = arange(4.0)
s = 0
for v in x {
    s += v
    print(s)
}

#: -
rng = np.random.default_rng(1)
y = zeros(4)
for i in range(4) { y[i] = rng.random() }

#: -
y = zeros(4)
for i in range(4) { y[i] = np.random.random() }

#: -
fn shout(v) {
    print(v)
    v * 2
}
y = zeros(4)
for i in range(4) { y[i] = shout(i) }

#: -
log = []
fn record(v) {
    log.append(v)
    v
}
s = 0
for i in range(4) { s += record(i) }

#: -
rng = np.random.default_rng(1)
fn roll() = rng.integers(6)
s = 0
for i in range(4) { s += roll() }

#: -
stack = [1, 2, "x"]
while len(stack) > 0 { stack.pop() }

#: -
rows = []
for i in range(3) { rows.append(np.random.random(2)) }

#: -
x = arange(6.0)
for i in range(3) { np.random.shuffle(x) }

#: -
for name in ["a", "b"] { print(name) }

#: -
memo = zeros(10)
fn fib(n) {
    if n < 2 { return n }
    if memo[n] > 0 { return memo[n] }
    memo[n] = fib(n - 1) + fib(n - 2)
    memo[n]
}
r = []
for i in range(8) { r.append(fib(i)) }

#: -
calls = zeros(1)
fn f(v) {
    calls[0] += 1
    v * 2
}
y = zeros(3)
for i in range(3) { y[i] = f(i) if i > 0 else 0 }

#: -
rng = np.random.default_rng(3)
x = arange(4.0)
for i in range(4) { if rng.random() > 0.5 { x[i] = 0 } }

#: -
m = arange(6.0).reshape(2, 3)
fn grown(v) {
    v += 1
    v.sum()
}
y = zeros(2)
for i in range(2) { y[i] = grown(m[i]) }
assert m[0, 0] == 1

#: -
m = arange(6.0).reshape(2, 3)
for row in m { row += 1 }
assert m[0, 0] == 1

#: -
m = arange(6.0).reshape(2, 3)
for i in range(2) {
    t = m[i]
    t += 1
}
assert m[0, 0] == 1

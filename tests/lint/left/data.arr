#: -
x = arange(10.0)
s = 0
for v in x {
    if v > 5 { break }
    s += v
}

#: -
x = arange(10.0)
fn first_large(x) {
    for v in x { if v > 5 { return v } }
    None
}
first_large(x)

#: -
x = arange(10.0)
lo, hi = 0, 9
while lo < hi {
    mid = (lo + hi) // 2
    if x[mid] < 4 { lo = mid + 1 } else { hi = mid }
}

#: loop-dependency: this loop has to go step by step: each step needs text of the step before
words = ["one", "two", "three"]
text = ""
for w in words { text = f"{text} {w}" }

#: -
x = arange(5.0)
last = 0
for v in x { last = v }
last

#: -
x = arange(5.0)
for i in range(5) { t = x[i] * 2 }
t

#: -
y = zeros(5)
for i in range(5) { y[0] = i }

#: -
x = arange(6.0)
y = x[1:]
for i in range(5) { y[i] = x[i] + 1 }

#: -
s = 0
for v in arange(0.0) { s += v }

#: -
x = arange(4.0)
for i in range(4) { assert x[i] >= 0 }

#: -
fn unused(x) {
    print(1)
    for v in x { print(v) }
}

#: loop-dependency: this loop has to go step by step: each step needs g of the step before
best = -1
x = [3, 1, 2]
fn gcd2(a, b) {
    while b != 0 { a, b = b, a % b }
    a
}
g = 0
for v in x { g = gcd2(g, v) }

#: -
x = arange(4.0)
i = 0
while True {
    if i >= 4 { break }
    i += 1
}

#: -
x = arange(4.0)
y = [f"{v:.1f}" for v in x]

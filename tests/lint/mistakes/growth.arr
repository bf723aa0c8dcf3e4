#: append-in-loop
a = zeros(0)
for i in range(3) { a = np.append(a, i * i) }

#: append-in-loop
a = zeros((0, 2))
for i in range(3) { a = np.concatenate([a, ones((1, 2)) * i]) }

#: append-in-loop
a = zeros((0, 2))
for i in range(3) { a = np.vstack([a, ones(2) * i]) }

#: append-in-loop
a = np.array([1.0])
while a[-1] < 100 { a = np.append(a, a[-1] * 3) }

#: append-in-loop
a = np.array([1.0])
for i in range(3) {
    if i > 0 { a = np.hstack((a, i)) }
}

#: append-in-loop
fn collect(n) {
    out = np.array([0.0])
    for i in range(n) { out = np.append(out, i) }
    out
}
collect(3)

#: -
parts = []
for i in range(3) { parts.append(ones(2) * i) }
a = np.concatenate(parts)

#: -
a = arange(3)
a = np.append(a, 4)

#: -
rows = [arange(2), arange(2)]
for r in rows { both = np.concatenate([r, r]) }

#: -
s = 0
x = arange(3)
for i in range(3) { s = s + np.append(x, i).sum() }

#: -
a = zeros(3)
for i in range(3) { a[i] = np.concatenate([[i], [1]]).sum() }

#: -
a = zeros(0)
b = zeros(0)
for i in range(3) { a = np.append(b, i) }

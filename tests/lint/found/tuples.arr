#: new
a = arange(6)
b = arange(6) * 2
for i in range(6) { a[i], b[i] = b[i], a[i] }

#: new
x = arange(8.0)
s, q = 0, 0
for v in x { s, q = s + v, q + v * v }

#: new
x = arange(8.0)
lo, hi = x[0], x[0]
for v in x {
    lo = min(lo, v)
    hi = max(hi, v)
}

#: new
x = arange(8.0)
lo, hi = inf, -inf
for v in x { lo, hi = min(lo, v), max(hi, v) }

#: new
x = arange(6.0)
re = zeros(6)
im = zeros(6)
for i in range(6) { re[i], im[i] = np.cos(x[i]), np.sin(x[i]) }

#: new
p = arange(6.0)
q = p * 2
for i in range(6) { p[i], q[i] = p[i] + q[i], p[i] - q[i] }

#: new
a = b = 0
for i in range(6) { a, b = a + i, b + i * i }

#: new
x = arange(6.0)
y = zeros(6)
for i in range(6) { t, u = x[i] * 2, x[i] + 1 ; y[i] = t * u }

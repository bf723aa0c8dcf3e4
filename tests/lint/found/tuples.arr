#: loop-map: a copy: old = a.copy() ⋄ a[:] = b ⋄ b = old.copy()
a = arange(6)
b = arange(6) * 2
for i in range(6) { a[i], b[i] = b[i], a[i] }

#: loop-reduction: a sum and a sum of squares: s = x.sum() ⋄ q = x @ x
x = arange(8.0)
s, q = 0, 0
for v in x { s, q = s + v, q + v * v }

#: loop-reduction: a minimum and a maximum: lo = x.min() ⋄ hi = x.max()
x = arange(8.0)
lo, hi = x[0], x[0]
for v in x {
    lo = min(lo, v)
    hi = max(hi, v)
}

#: loop-reduction: a minimum and a maximum: lo = x.min() ⋄ hi = x.max()
x = arange(8.0)
lo, hi = inf, -inf
for v in x { lo, hi = min(lo, v), max(hi, v) }

#: loop-map: an element-wise map: re = np.cos(x) ⋄ im = np.sin(x)
x = arange(6.0)
re = zeros(6)
im = zeros(6)
for i in range(6) { re[i], im[i] = np.cos(x[i]), np.sin(x[i]) }

#: loop-map: an element-wise map and a copy: old = p - q ⋄ p += q ⋄ q = old.copy()
p = arange(6.0)
q = p * 2
for i in range(6) { p[i], q[i] = p[i] + q[i], p[i] - q[i] }

#: loop-reduction: a sum and a sum of squares: a = np.arange(6).sum() ⋄ b = np.arange(6) @ np.arange(6)
a = b = 0
for i in range(6) { a, b = a + i, b + i * i }

#: loop-map: an element-wise map: y = x * 2 * (x + 1)
x = arange(6.0)
y = zeros(6)
for i in range(6) { t, u = x[i] * 2, x[i] + 1 ; y[i] = t * u }

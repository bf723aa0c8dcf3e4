#: copy-write
a = arange(3)
a[[0, 1]][0] = 9

#: copy-write
a = arange(5)
mask = a > 2
a[mask][0] = 9

#: copy-write
a = arange(12).reshape(3, 4)
a[[0, 2]][:, 1] = 0

#: copy-write
a = arange(5)
a[a > 2][:] += 1

#: copy-write
a = arange(6).reshape(2, 3)
a.flatten()[0] = 7

#: copy-write
a = arange(5)
a.astype(float)[1] = 0.5

#: copy-write
a = arange(5)
order = np.array([3, 1])
a[order][0] = 2

#: -
a = arange(5)
a[[0, 1]] = 9

#: -
a = arange(12).reshape(3, 4)
a[1][2] = 9

#: -
a = arange(12).reshape(3, 4)
a[1:][0] = 9

#: -
a = arange(12).reshape(3, 4)
a.T[0] = 9

#: -
a = arange(5)
b = a[[0, 1]]
b[0] = 9

#: -
a = arange(6)
a.reshape(2, 3)[0] = 7

#: -
rows = [arange(3), arange(3)]
k = 1
rows[k][0] = 9

#: needless-copy
x = arange(3)
s = x.copy() + 1

#: needless-copy
x = arange(3)
s = x.copy().sum()

#: needless-copy
x = arange(3)
s = np.sqrt(x.copy())

#: needless-copy
x = arange(3)
y = (x * 2).copy()

#: needless-copy
x = arange(6.0).reshape(2, 3)
y = np.sqrt(x).copy()

#: needless-copy
x = arange(3)
m = x.copy() > 1

#: -
x = arange(3)
y = x.copy()
y[0] = 9

#: -
x = arange(3)
y = x[1:].copy()
y[0] = 1

#: -
m = arange(6).reshape(2, 3)
t = m.T.copy()

#: -
x = arange(3)
saved = [x.copy()]
x[0] = 5

#: -
x = arange(3)
fn first(x) {
    y = x.copy()
    y[0] = 0
    y
}
first(x)

#: -
m = arange(6.0).reshape(2, 3)
c = m.copy(order="F")

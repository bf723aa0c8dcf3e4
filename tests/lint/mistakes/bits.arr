#: bits-unbracketed
x = arange(5)
m = x > 1
x > 0 & m

#: bits-unbracketed
x = arange(5)
m = x < 4
m & x > 0

#: bits-unbracketed
a = arange(5)
b = a > 3
a == 1 | b

#: bits-unbracketed
a = arange(5)
ok = a > 1
bad = ok ^ a < 3

#: bits-unbracketed
a = arange(5)
near = a < 2
r = np.where(a > 1 & near, 1, 0)

#: -
x = arange(5)
(x > 0) & (x < 3)

#: -
flags = arange(5)
flags & 4 != 0

#: -
x = arange(5)
0 < x < 3

#: -
x = arange(5)
m = x > 1
(m & (x > 0)) | (x == 4)

#: -
a = arange(5)
a | 1 == a + 1

#: -
x = arange(5)
~(x > 1) & (x < 4)

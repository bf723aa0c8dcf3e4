# Dan: too much memory, and a command left over
#: exercise double
np.ones(10**12) * x

#: exercise total
%timeit v @ v
fn total(v) = v @ v

#: exercise halve
x /= 2

#: exercise every
x[1::2]

x = arange(3)
y = x + 0.5
np.max(x, y)

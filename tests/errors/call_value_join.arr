x = arange(3)
np.concatenate(x, x)

m = np.arange(12.0).reshape(3, 4)
share = m / m.sum(axis=1)

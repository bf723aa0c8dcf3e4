m = np.ones((3, 4))
np.cumsum(m, axis=2)

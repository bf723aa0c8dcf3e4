m = np.ones((2, 2))
np.hstack(m, m)

m = np.ones((3, 4))
np.split(m, 3, axis=1)

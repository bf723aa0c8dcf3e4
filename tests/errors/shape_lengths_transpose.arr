m = np.ones((3, 4))
np.transpose(m, (0, 1, 2))

m = np.ones((3, 4))
n = np.ones((3, 2))
np.concatenate([m, n])

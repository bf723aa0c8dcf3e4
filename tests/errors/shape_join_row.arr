m = np.ones((3, 4))
np.concatenate([m, np.arange(4)])

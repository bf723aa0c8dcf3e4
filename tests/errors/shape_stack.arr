m = np.ones((2, 3))
v = np.ones(3)
np.stack([m, v])

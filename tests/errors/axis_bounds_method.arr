m = np.ones((3, 4))
m.sum(axis=2)

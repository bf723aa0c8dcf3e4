np.sum(axis=0, [1, 2])

np.sum([1, 2], axis=0, axis=1)

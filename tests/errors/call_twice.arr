np.sum([1, 2], a=3)

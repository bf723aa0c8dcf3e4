np.array([1.5]) & 1

not np.array([])

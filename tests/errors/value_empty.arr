np.max([])

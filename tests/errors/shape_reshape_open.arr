np.arange(12).reshape(5, -1)

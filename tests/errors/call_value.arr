np.full((-1,), 0)

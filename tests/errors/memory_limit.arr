np.zeros(10**15)

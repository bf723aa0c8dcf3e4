np.sum()

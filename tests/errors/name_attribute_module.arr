np.inv(1)

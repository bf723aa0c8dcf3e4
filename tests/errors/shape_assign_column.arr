m = np.zeros((3, 4))
m[:] = np.arange(3)

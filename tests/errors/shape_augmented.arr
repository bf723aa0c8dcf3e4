x = np.arange(3)
x += np.arange(4)

m = np.ones((3, 4))
m @ np.arange(3)

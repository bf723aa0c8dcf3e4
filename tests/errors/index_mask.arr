a = np.arange(3)
a[[True, False]]

np.arange("a")

np.arange(5)[::0]

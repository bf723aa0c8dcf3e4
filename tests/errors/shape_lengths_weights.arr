np.average(np.ones((3, 4)), axis=1, weights=np.ones(3))

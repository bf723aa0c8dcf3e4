m = np.ones((1, 3))
m.squeeze(axis=1)

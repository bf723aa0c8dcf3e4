np.concatenate([np.ones((2, 3)), np.ones(3)], axis=0)

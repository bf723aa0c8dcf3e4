np.maximum/ 3 1 4

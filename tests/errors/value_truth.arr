if np.array([1, 2]) { 1 }

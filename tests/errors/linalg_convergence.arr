np.linalg.svd([[nan, 1], [2, 3]])

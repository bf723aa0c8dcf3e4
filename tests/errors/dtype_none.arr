np.array(["a", "b"])

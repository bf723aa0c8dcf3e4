t = zeros((2, 3, 4))
np.linalg.norm(t, axis=(0, 1, 2))

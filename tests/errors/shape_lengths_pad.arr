m = zeros((3, 4))
np.pad(m, (1, 2, 3))

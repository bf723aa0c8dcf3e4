m = zeros((3, 4))
np.moveaxis(m, (0, 1), 1)

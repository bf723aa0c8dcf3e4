a = np.ones(3)
b = np.ones(4)
np.linspace(a, b, 5)

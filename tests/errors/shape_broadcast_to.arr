np.broadcast_to(np.arange(3), (2, 4))

np.arange(3).shpae

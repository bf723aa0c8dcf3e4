x = arange(3)
x.T()

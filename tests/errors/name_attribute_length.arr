x = arange(3)
x.length

dict(a=1)

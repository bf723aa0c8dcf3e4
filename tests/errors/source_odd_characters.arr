x	= 1
name	= "数" + x

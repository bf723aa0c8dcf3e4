fn f = 3

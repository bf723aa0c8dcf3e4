elif x == 3 { 1 }

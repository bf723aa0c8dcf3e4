x = 3
else { 4 }

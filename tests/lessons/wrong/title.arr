## Text, and no title.

1 + 1
#> 2

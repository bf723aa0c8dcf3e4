#: lesson Outputs

x = 5

## Text.
#> 5

x + 1
#> 7

x +
#> 1

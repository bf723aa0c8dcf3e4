{for d in range(2, 8) { ⍵ % d == 0 : d } ⋄ ⍵} 35

⌽'abc'

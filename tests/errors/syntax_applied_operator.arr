{⍵ + 1} twice 3

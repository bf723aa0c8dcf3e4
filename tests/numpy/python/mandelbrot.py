import numpy as np

# The Mandelbrot set as text: which points c stay small under z → z² + c?
width = 72
height = 28
re = np.linspace(-2.2, 0.8, width)
im = np.linspace(-1.2, 1.2, height)

# Every point of the grid at once: a row of real parts and a column of imaginary parts.
c = re + 1.0j * im[:, None]

z = np.zeros_like(c)
steps = np.zeros(c.shape, dtype=int)
for i in range(50):
    inside = np.absolute(z) <= 2
    z[inside] = z[inside] ** 2 + c[inside]
    steps[inside] += 1

# The longer a point stays, the darker its letter.
letters = " .:-=+*#%@"
shade = np.minimum(steps, 49) * 10 // 50
for row in shade:
    line = ""
    for s in row:
        line += letters[s]
    print(line)

print(f"{(steps == 50).sum()} of {c.size} points are still inside after 50 steps")

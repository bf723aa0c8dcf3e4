# Geometry and distances: points, vectors and polygons.

from compare import near, same

a = 1.0 2.0 2.0
b = 4.0 6.0 2.0
u = 1 0 2
v = 3 1 ¯1
p = np.array([[0, 0], [4, 0], [4, 3], [0, 3]])
px = 0 4 4 0
py = 0 0 3 3
t = pi / 3

# Length of a vector
apl = (+/ a × a) ** 0.5
numpy = np.sqrt(np.sum(a * a))
same("length", apl, numpy)

# Distance of two points
apl = (+/ (a - b) ** 2) ** 0.5
numpy = np.sqrt(np.sum((a - b) ** 2))
same("distance", apl, numpy)

# Sum of the differences along the axes
apl = +/ abs(a - b)
numpy = np.sum(np.abs(a - b))
same("city block distance", apl, numpy)

# Largest difference along an axis
apl = ⌈/ abs(a - b)
numpy = np.max(np.abs(a - b))
same("chessboard distance", apl, numpy)

# Number of places where two vectors differ
apl = u +.≠ v
numpy = np.count_nonzero(u != v)
same("Hamming distance", apl, numpy)

# Dot product
apl = u +.× v
numpy = np.dot(u, v)
same("dot product", apl, numpy)

# Cross product
apl = ((1 ⌽ u) × 2 ⌽ v) - (2 ⌽ u) × 1 ⌽ v
numpy = np.cross(u, v)
same("cross product", apl, numpy)

# Vector of length 1 in the same direction
apl = a ÷ (+/ a × a) ** 0.5
numpy = a / np.linalg.norm(a)
same("unit vector", apl, numpy)

# Projection of one vector on another
apl = b × (a +.× b) ÷ b +.× b
numpy = b * (np.dot(a, b) / np.dot(b, b))
same("projection", apl, numpy)

# Are two vectors at a right angle
apl = 0 == 2 0 1 +.× 1 5 ¯2
numpy = np.dot([2, 0, 1], [1, 5, -2]) == 0
same("perpendicular", apl, numpy)

# Cosine of the angle between two vectors
apl = (a +.× b) ÷ ((a +.× a) × b +.× b) ** 0.5
numpy = np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b))
same("cosine", apl, numpy)

# Hypotenuse of right triangles
apl = (3 5 8 ** 2 + 4 12 15 ** 2) ** 0.5
numpy = np.hypot([3, 5, 8], [4, 12, 15])
same("hypotenuse", apl, numpy)

# Areas of circles
apl = ○ 1 2 3 ** 2
numpy = np.pi * np.array([1, 2, 3]) ** 2
same("circle areas", apl, numpy)

# Degrees to radians
apl = ○ 30 45 180 ÷ 180
numpy = np.radians([30, 45, 180])
near("radians", apl, numpy)

# Sine and cosine of an angle
apl = 1 2 ○ t
numpy = np.array([np.sin(t), np.cos(t)])
same("sine and cosine", apl, numpy)

# Point at a distance and an angle
apl = 2 × (2 1 ○ t)
numpy = 2 * np.array([np.cos(t), np.sin(t)])
same("polar", apl, numpy)

# Rotation matrix
apl = 2 2 ⍴ 1 ¯1 1 1 × (2 1 1 2 ○ t)
numpy = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
same("rotation", apl, numpy)

# Centre of several points
apl = (+⌿ p) ÷ ≢ p
numpy = np.mean(p, axis=0)
same("centre", apl, numpy)

# Smallest and largest coordinates
apl = (⌊⌿ p) ⍪⍤0 ⌈⌿ p
numpy = np.stack([p.min(axis=0), p.max(axis=0)], axis=1)
same("bounding box", apl, numpy)

# Area of a polygon from its corners
apl = 0.5 × abs(+/ (px × 1 ⌽ py) - py × 1 ⌽ px)
numpy = 0.5 * np.abs(np.sum(px * np.roll(py, -1) - py * np.roll(px, -1)))
same("area", apl, numpy)

# Lengths of the sides of a polygon
apl = (+/ (p - 1 ⊖ p) ** 2) ** 0.5
numpy = np.linalg.norm(p - np.roll(p, -1, axis=0), axis=1)
same("sides", apl, numpy)

# Perimeter of a polygon
apl = +/ (+/ (p - 1 ⊖ p) ** 2) ** 0.5
numpy = np.sum(np.linalg.norm(p - np.roll(p, -1, axis=0), axis=1))
same("perimeter", apl, numpy)

# Vector from each point to the next
apl = 2 -⍨⌿ p
numpy = np.diff(p, axis=0)
same("steps of a path", apl, numpy)

# Midpoints between consecutive points
apl = (2 +⌿ p) ÷ 2
numpy = (p[1:] + p[:-1]) / 2
same("midpoints", apl, numpy)

# Distance of every pair of numbers
apl = abs(px ∘.- px)
numpy = np.abs(px[:, None] - px)
same("distances on a line", apl, numpy)

# Distance of every pair of points
apl = ((px ∘.- px) ** 2 + (py ∘.- py) ** 2) ** 0.5
numpy = np.linalg.norm(p[:, None] - p, axis=-1)
same("distance table", apl, numpy)

# Index of the point nearest to a place
apl = {⍵ ⍳ ⌊/ ⍵} +/ (p - 3 1) ** 2
numpy = np.argmin(np.sum((p - [3, 1]) ** 2, axis=1))
same("nearest point", apl, numpy)

# Which points lie in a circle around the origin
apl = 25 > +/ p ** 2
numpy = np.sum(p ** 2, axis=1) < 25
same("in a circle", apl, numpy)

# Which points lie in a box
apl = ∧/ (1 0 ≤ p) ∧ p ≤ 4 2
numpy = np.all((p >= [1, 0]) & (p <= [4, 2]), axis=1)
same("in a box", apl, numpy)

# Points moved and enlarged
apl = 10 20 + 2 × p
numpy = [10, 20] + 2 * p
same("moved", apl, numpy)

# Points turned by 90° around the origin
apl = p +.× 2 2 ⍴ 0 1 ¯1 0
numpy = p @ [[0, 1], [-1, 0]]
same("quarter turn", apl, numpy)

# On which side of a line a point lies: 1 is left, -1 right
apl = × -/ 4 2 × ⌽ 1 3
numpy = np.sign(4 * 3 - 2 * 1)
same("orientation", apl, numpy)

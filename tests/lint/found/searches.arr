#: loop-reduction: a search for the first place: i = np.flatnonzero(~(x < 20))[0]
x = arange(50)
i = 0
while x[i] < 20 { i += 1 }

#: loop-reduction: a search for the first place: i = np.flatnonzero(~(x[3:] ** 2 < 200))[0] + 3
x = arange(50.0)
i = 3
while x[i] ** 2 < 200 { i += 1 }

#: loop-reduction: a search for the first place: mask = ~(x < y) ⋄ i = mask.argmax() if mask.any() else n
x = arange(50)
y = 49 - x
n = len(x)
i = 0
while i < n and x[i] < y[i] { i = i + 1 }
assert i == 25

#: loop-reduction: a search for the first place: mask = x == 7 ⋄ i = mask.argmax() if mask.any() else len(x)
x = arange(50)
i = 0
while i < len(x) and x[i] != 7 { i += 1 }

#: loop-filter: the distinct items in order: seen = ∪ x
x = np.array([3, 1, 3, 2, 1])
seen = []
for v in x { if v not in seen { seen.append(v) } }

#: loop-filter: the distinct items in order: seen = ∪ (x ** 2)
x = np.array([3.0, 1.0, -3.0, 2.0])
seen = []
for i in range(len(x)) { if x[i] ** 2 not in seen { seen.append(x[i] ** 2) } }

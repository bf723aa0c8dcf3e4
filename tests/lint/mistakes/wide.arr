#: wide-dtype
ages = np.arange(200000) % 100

#: wide-dtype
x = np.arange(200000) % 1000 - 500

#: wide-dtype
x = np.zeros(150000, dtype=np.int32)

#: wide-dtype
x = np.full((400, 400), 70000)

#: wide-dtype
x = np.arange(120000, dtype=np.uint64)

#: wide-dtype
codes = np.random.default_rng(1).integers(0, 4, 100000)

#: -
x = np.arange(99999) % 100

#: -
x = (np.arange(200000) % 100).astype(np.uint8)

#: -
x = np.arange(200000) * 20000000000

#: -
x = np.arange(200000) % 100 / 2

#: -
x = np.arange(200000, dtype=np.int32)

#: -
x = np.arange(200000) * 30000000000
y = x[:150000]

#: -
flags = np.arange(200000) % 2 == 0

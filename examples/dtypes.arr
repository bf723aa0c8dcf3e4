# Element types: how much memory an array takes, and how fast it can be read.

arr_int64 = np.arange(10**7, dtype=np.int64)
arr_int32 = np.arange(10**7, dtype=np.int32)
arr_int8 = np.arange(10**7).astype(np.int8)      # values past 127 wrap: this is for the size only

print(f"Size of int64 array: {arr_int64.nbytes / (1024**2):.2f} MB")
print(f"Size of int32 array: {arr_int32.nbytes / (1024**2):.2f} MB")
print(f"Size of int8 array: {arr_int8.nbytes / (1024**2):.2f} MB")

print("\nSumming int64 array:")
%timeit -r 3 np.sum(arr_int64)

print("Summing int32 array:")
%timeit -r 3 np.sum(arr_int32)

print("Summing int8 array:")
%timeit -r 3 np.sum(arr_int8)

# Half the bytes means that twice as much fits into a cache and comes through the memory bus at a
# time. The price is the range:
print(np.iinfo(np.int8).min, np.iinfo(np.int8).max)
print(np.array([127], dtype=np.int8) + np.array([1], dtype=np.int8))

# A plain number does not widen an array …
print((arr_int8[:3] + 1).dtype)
# … another array does, as far as both need.
print((arr_int8[:3] + arr_int32[:3]).dtype)
print((np.ones(2, dtype=np.float32) + np.arange(2)).dtype)

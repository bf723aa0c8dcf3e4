#: lesson Sorting and grouping
#: about  Order, ranks, places; counting and summing by kind.

## `np.sort` gives sorted values. More often you want the order itself: `argsort` says which
## element comes first, which second, and so on. It sorts anything that belongs together.

names = np.array([3, 1, 2]); marks = np.array([2.3, 1.0, 1.7])
np.argsort(marks)
#> [1 2 0]

order = np.argsort(marks)
names[order], marks[order]
#> (array([1, 2, 3]), array([1. , 1.7, 2.3]))

## `[::-1]` turns the order round; or sort the negated values, which leaves equal ones in their
## order. In APL's notation the order is a glyph, `⍋` up and `⍒` down.

names[np.argsort(-marks)], ⍒ marks
#> (array([3, 2, 1]), array([0, 2, 1]))

## If you only need the smallest few, do not sort everything: `partition` puts the k smallest in
## front, and takes time in proportion to the size.

x = np.array([9, 4, 7, 1, 8, 2, 6])
np.sort(np.partition(x, 3)[:3])
#> [1 2 4]

## In sorted values, a place is found by halving, in 20 steps among a million. `searchsorted` does
## it for many at once; it is also how numbers are put into classes.

limits = np.array([18, 30, 65])
np.searchsorted(limits, [17, 18, 44, 80], side="right")
#> [0 1 2 3]

## Now to groups. Shops 0, 1, 2, and what they sold:

shop = np.array([0, 2, 0, 1, 2, 2]); sold = np.array([5.0, 1.0, 3.0, 8.0, 2.0, 4.0])
np.unique(shop, return_counts=True)
#> (array([0, 1, 2]), array([2, 1, 3]))

## For small whole numbers `bincount` counts each. With weights it adds up: the total of each shop
## in one pass over the data.

np.bincount(shop), np.bincount(shop, weights=sold)
#> (array([2, 1, 3]), array([8., 8., 7.]))

## And so, the mean of each shop, and against it each sale. An index array spreads the means back:

mean = np.bincount(shop, weights=sold) / np.bincount(shop)
mean, sold - mean[shop]
#> (array([4.        , 8.        , 2.33333333]), array([ 1.        , -1.33333333, -1.        ,  0.        , -0.33333333,
#>         1.66666667]))

## Labels that are not 0, 1, 2 … become so with `return_inverse`: for each element, the place of
## its label among the sorted ones.

labels, code = np.unique([30, 10, 30, 20], return_inverse=True)
labels, code
#> (array([10, 20, 30]), array([2, 0, 2, 1]))

## One trap: `a[i] += 1` with an index that repeats counts only once, since the right side is
## computed before anything is written. `np.add.at` adds every time.

once = np.zeros(3); once[shop] += sold
every = np.zeros(3); np.add.at(every, shop, sold)
once, every
#> (array([3., 8., 4.]), array([8., 8., 7.]))

#: exercise top
## The three largest elements of `x`, the largest first.
#: setup
x = np.array([3, 9, 4, 9, 1, 7])
#: also
x = np.array([5, 2, 8])
#: limit no loop
#: hint Sort, take the last three, turn them round.
#: hint `[::-1]` turns round; `[:-4:-1]` does both.
#: answer
np.sort(x)[::-1][:3]
#: wrong not equal
# np.sort(x)[-3:]
#: end

#: exercise ranks
## The rank of each element of `x`, from 0 for the smallest. (All elements are different.)
#: setup
x = np.array([30, 10, 40, 20])
#: also
x = np.array([5, 6, 1, 9, 7])
#: limit no loop
#: hint `argsort` gives the place of each rank; you want the rank of each place.
#: hint That is the inverse of a permutation, and sorting a permutation inverts it: `argsort`
## twice.
#: answer
np.argsort(np.argsort(x))
#: wrong not equal
# np.argsort(x)
#: end

#: exercise histogram
## Count how many of `x` fall into [0, 10), [10, 20), …, [90, 100): ten counts.
#: setup
x = np.array([3, 12, 17, 55, 99, 10, 0, 58])
#: also
x = np.array([95])
#: limit no loop
#: hint The class of a number is `x // 10`.
#: hint `bincount` has an argument `minlength`.
#: answer
np.bincount(x // 10, minlength=10)
#: wrong shape (6,), wanted (10,)
# np.bincount(x[x < 60] // 10)
#: wrong not equal
# np.bincount(x % 10, minlength=10)
#: end

#: exercise means
## Write `group_means(code, x)`: the mean of `x` for each code 0, 1, 2 …; every code occurs.
#: setup
code = np.array([1, 0, 1, 2, 0]); x = np.array([4.0, 1.0, 6.0, 7.0, 2.0])
#: also
code = np.array([0, 0]); x = np.array([1.0, 2.0])
#: gives group_means(code, x)
#: limit no loop
#: hint Sums by group, counts by group.
#: answer
fn group_means(code, x) = np.bincount(code, weights=x) / np.bincount(code)
#: wrong a loop
# fn group_means(code, x) = np.array([x[code == c].mean() for c in np.unique(code)])
#: wrong not equal
# fn group_means(code, x) = np.bincount(code, weights=x)
#: end

#: exercise votes
## `votes` holds the label that each person voted for, any whole numbers. Which label has most
## votes? (The smallest, if several have.)
#: setup
votes = np.array([70, 30, 70, 50, 30, 70])
#: also
votes = np.array([9, -3, 9, -3])
#: limit no loop
#: hint `np.unique(…, return_counts=True)` gives the labels and their counts.
#: hint `values, counts = …`, and then the value at the largest count.
#: answer
values, counts = np.unique(votes, return_counts=True)
values[counts.argmax()]
#: wrong not equal
# votes.max()
#: end

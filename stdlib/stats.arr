# Statistics that are a line of arr each.

## How many standard deviations each value lies from the mean, along `axis`.
## >>> zscore([1.0, 2.0, 3.0])
## [-1.22474487  0.          1.22474487]
fn zscore(x, axis=None, ddof=0) {
    m = np.mean(x, axis=axis, keepdims=True)
    (x - m) / np.std(x, axis=axis, ddof=ddof, keepdims=True)
}

## Values moved and scaled to lie between 0 and 1.
## >>> rescale([2.0, 4.0, 6.0])
## [0.  0.5 1. ]
fn rescale(x) = (x - np.min(x)) / (np.max(x) - np.min(x))

## The standard error of the mean.
## >>> sem([1.0, 2.0, 3.0, 4.0])
## 0.6454972243679028
fn sem(x, ddof=1) = np.std(x, ddof=ddof) / np.sqrt(np.size(x))

## The root of the mean square.
## >>> rms([3.0, 4.0])
## 3.5355339059327378
fn rms(x, axis=None) = np.sqrt(np.mean(np.square(x), axis=axis))

## The geometric mean of positive values.
## >>> gmean([1.0, 4.0])
## 2.0
fn gmean(x, axis=None) = np.exp(np.mean(np.log(x), axis=axis))

## The mean of every window of `n` neighbours.
## >>> moving_mean([1.0, 2.0, 3.0, 4.0], 2)
## [1.5 2.5 3.5]
fn moving_mean(x, n) = (n +/ x) / n

## The value that occurs most often; the least of them if several do.
## >>> mode([3, 1, 3, 2])
## 3
fn mode(x) {
    values, counts = np.unique(x, return_counts=True)
    values[np.argmax(counts)]
}

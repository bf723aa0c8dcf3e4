# What the idioms' files share: two spellings are compared, and the array is shown.

fn show(what, value) {
    print(f"{what}: {value}" if np.ndim(value) < 2 else f"{what}:\n{value}")
}

## Both give the same shape, dtype and elements.
fn same(what, apl, numpy) {
    assert np.array_equal(apl, numpy), what
    assert np.asarray(apl).dtype == np.asarray(numpy).dtype, what
    show(what, apl)
}

## Both give the same shape and elements; one of them as another dtype.
fn equal(what, apl, numpy) {
    assert np.array_equal(apl, numpy), what
    show(what, apl)
}

## Both give the same shape, and elements that agree but for rounding.
fn near(what, apl, numpy) {
    assert np.shape(apl) == np.shape(numpy) and np.allclose(apl, numpy), what
    show(what, np.round(apl, 9) + 0.0)
}

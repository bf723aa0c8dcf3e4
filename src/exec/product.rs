//! Matrix products of stacks of matrices: broadcasting, threads and interruption around
//! `kernel::matmul`. Operands keep their strides; the result is C-ordered.

use super::expr::Expr;
use super::feed::Feed;
use super::plan::Conditions;
use super::stream::PAST_CACHES;
use super::tally::{self, Pass};
use super::{interrupt, progress, threads};
use crate::array::{Array, ArrayError, Dims, Order, broadcast_shapes};
use crate::dtype::{DType, Element};
use crate::kernel::matmul::{self, Mat, Out, Product, Series, product};
use crate::with_dtype;

/// Multiplications below which a whole stack stays on one thread.
const SMALL: usize = 1 << 17;
/// Multiplications from which the rows of a product in tiles are shared out, which takes some microseconds:
/// 64 rows of float64 take 4.7 µs on one thread and 5.2 on two, 80 rows 8.6 and 5.7, 100 rows 17.6 and 10.7.
const SHARED: usize = 3 << 17;
/// Elements below which work that only reads them stays on one thread.
const READ: usize = 1 << 15;
/// Rows from which a product with the transpose is half computed.
const GRAM: usize = 192;
/// Rows and columns below which halves of the rows are faster than `gemm` on two threads. µs of both, one thread and
/// halves of the columns: 100 × 1000 × 100 297, 222, 380 and 204; 50 × 1000 × 50 94, 72, 107 and 61; 20 × 10000 × 20
/// 213, 177, 213 and 118; of 256 rows, 300.
const SIDE: usize = 256;
/// The block rows of such a product, and the fewest rows of one, for which the columns are packed anew.
const BLOCK_ROWS: usize = 12;
const LEAST_ROWS: usize = 80;
/// The longest inner axis of one tile.
const DEEP: usize = 8192;
/// Elements of one piece of a dot product. A longer one is the sum of its pieces' sums, on any number
/// of threads.
const PIECE: usize = 1 << 13;

/// Multiplications between two looks at the interrupt flag: some 20 ms on one thread.
fn span(dtype: DType) -> usize {
    match dtype {
        DType::F32 => 1 << 30,
        DType::F64 => 1 << 29,
        DType::C64 | DType::C128 => 1 << 27,
        _ => 1 << 28,
    }
}

/// The products of two stacks of matrices of one dtype. Leading axes broadcast; the callers have
/// checked that there are two axes at least and that the inner lengths agree.
pub fn matmul(a: &Array, b: &Array) -> Result<Array, ArrayError> {
    let shape = matmul_shape(a, b)?;
    matmul_as(a, b, &shape)
}

/// Multiplications of the products that [`small_matmul`] takes.
const BRIEF: usize = 1 << 12;

/// The dot product of two short vectors of float64, added up as by [`small_matmul`]; `None` for others.
pub fn small_dot(a: &Array, b: &Array) -> Option<f64> {
    let (x, y) = (a.as_slice::<f64>()?, b.as_slice::<f64>()?);
    let vectors = a.ndim() == 1 && b.ndim() == 1 && x.len() == y.len() && !x.is_empty();
    if !vectors || !matmul::is_few(1, x.len(), 1) || tally::on() {
        return None;
    }
    Some(x.iter().zip(y).fold(0.0, |s, (x, y)| s + x * y))
}

/// The product of a small matrix and a vector of float64, likewise.
fn small_matvec(a: &Array, x: &Array) -> Option<Array> {
    let (&[m, k], &[n]) = (a.shape(), x.shape()) else { return None };
    if k != n || k == 0 || m == 0 || !matmul::is_few(m, k, 1) || tally::on() {
        return None;
    }
    let (rows, x) = (a.as_slice::<f64>()?, x.as_slice::<f64>()?);
    Array::written::<f64>(&[m], |out| {
        for (to, row) in out.iter_mut().zip(rows.chunks_exact(k)) {
            *to = row.iter().zip(x).fold(0.0, |s, (a, x)| s + a * x);
        }
        true
    })
}

/// The small product of two vectors or matrices of one dtype, without views of them; `None` for
/// others, and where the inner lengths do not agree.
pub fn small_matmul(a: &Array, b: &Array) -> Option<Result<Array, ArrayError>> {
    if let Some(product) = small_matvec(a, b) {
        return Some(Ok(product));
    }
    let ((m, k), left) = match (a.shape(), a.strides()) {
        (&[k], &[s]) => ((1, k), (0, s)),
        (&[m, k], &[s, t]) => ((m, k), (s, t)),
        _ => return None,
    };
    let ((inner, n), right) = match (b.shape(), b.strides()) {
        (&[k], &[s]) => ((k, 1), (s, 0)),
        (&[k, n], &[s, t]) => ((k, n), (s, t)),
        _ => return None,
    };
    let work = m.saturating_mul(n).saturating_mul(k);
    if inner != k || a.dtype() != b.dtype() || work == 0 || work > BRIEF {
        return None;
    }
    fn run<T: Product>(
        a: (&Array, (usize, usize), (isize, isize)),
        b: (&Array, (usize, usize), (isize, isize)),
        out: &mut Array,
    ) {
        let _pass = tally::pass(|| {
            Pass::new("product", T::DTYPE, 0).reads(a.0).reads(b.0).writes(out).ops(2 * out.size() * a.1.1)
        });
        let (x, y) = (
            Mat::new(a.0.storage::<T>(), a.0.offset(), a.1, a.2),
            Mat::new(b.0.storage::<T>(), b.0.offset(), b.1, b.2),
        );
        if let Some(z) = out.as_mut_slice::<T>() {
            product(x, y, z, 1);
        }
    }
    let mut shape = Dims::new();
    if a.ndim() == 2 {
        shape.push(m);
    }
    if b.ndim() == 2 {
        shape.push(n);
    }
    Some(Array::empty(a.dtype(), &shape).map(|mut out| {
        with_dtype!(a.dtype(), T => run::<T>((a, (m, k), left), (b, (k, n), right), &mut out));
        out
    }))
}

/// The shape of [`matmul`]'s result.
pub fn matmul_shape(a: &Array, b: &Array) -> Result<Dims, ArrayError> {
    let (sa, sb) = (a.ndim() - 2, b.ndim() - 2);
    let mut shape = broadcast_shapes(&[&a.shape()[..sa], &b.shape()[..sb]])?;
    shape.extend([a.shape()[sa], b.shape()[sb + 1]]);
    Ok(shape)
}

/// As [`matmul`], the result under another shape of the same size.
pub fn matmul_as(a: &Array, b: &Array, shape: &[usize]) -> Result<Array, ArrayError> {
    let full = matmul_shape(a, b)?;
    let stack = &full[..full.len() - 2];
    let mut out = Array::empty(a.dtype(), shape)?;
    let (a, b) = (stacked(a, stack)?, stacked(b, stack)?);
    let _pass = tally::pass(|| {
        let ops = 2 * out.size() * a.shape()[a.ndim() - 1];
        let threads = if ops / 2 < SMALL { 1 } else { threads::count() };
        Pass::new("product", a.dtype(), 0).reads(&a).reads(&b).writes(&out).ops(ops).threads(threads)
    });
    with_dtype!(a.dtype(), T => run::<T>(&a, &b, &mut out));
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// The array broadcast to a stack of matrices.
fn stacked(a: &Array, stack: &[usize]) -> Result<Array, ArrayError> {
    let mut shape: Dims = stack.into();
    shape.extend_from_slice(&a.shape()[a.ndim() - 2..]);
    a.broadcast_to(&shape)
}

fn run<T: Product>(a: &Array, b: &Array, out: &mut Array) {
    let last = b;
    let (a, b) = (Stack::<T>::new(a), Stack::<T>::new(b));
    let ((m, k), (_, n)) = (a.matrix, b.matrix);
    let Some(z) = out.as_mut_slice::<T>().filter(|z| !z.is_empty()) else { return };
    if k == 0 {
        return z.fill(T::default());
    }
    let (size, work) = (m * n, m.saturating_mul(n).saturating_mul(k));
    let count = z.len() / size;
    if count == 1 {
        let turned = repacks(&a.get(0), &b.get(0)).then(|| super::copy(last, Order::C).ok()).flatten();
        return match &turned {
            Some(turned) => {
                let b = Stack::<T>::new(turned).get(0);
                one(b.transpose(), b, z)
            }
            None => one(a.get(0), b.get(0), z),
        };
    }
    if work >= SMALL {
        let progress = progress::begin(count);
        for (i, z) in z.chunks_mut(size).enumerate().take_while(|_| !interrupt::requested()) {
            one(a.get(i), b.get(i), z);
            progress.advance(1);
        }
        return;
    }
    let small = matmul::is_small(&a.get(0), &b.get(0));
    // Matrices per piece: enough work to be worth a hand-over.
    let group = if work.saturating_mul(count) < SMALL { count } else { (SMALL / work).clamp(1, count) };
    threads::chunks(z, group * size, &|part, z| {
        let (mut first, mut z) = (part * group, z);
        while !z.is_empty() {
            let count = a.run(first).min(b.run(first)).min(z.len() / size);
            let (now, later) = z.split_at_mut(count * size);
            if small {
                matmul::small_products(a.series(first, count), b.series(first, count), now);
            } else {
                for (i, z) in now.chunks_mut(size).enumerate() {
                    product(a.get(first + i), b.get(first + i), z, 1);
                }
            }
            (first, z) = (first + count, later);
        }
    });
}

/// One product, cut into pieces for threads and for looks at the interrupt flag.
fn one<T: Product>(a: Mat<'_, T>, b: Mat<'_, T>, z: &mut [T]) {
    match (a.shape().0, b.shape().1) {
        _ if matmul::is_small(&a, &b) => product(a, b, z, 1),
        (1, 1) => z[0] = dot(&a.vector(), &b.transpose().vector(), false),
        (_, 1) => gemv(a, &b.transpose().vector(), z),
        (1, _) => gemv(b.transpose(), &a.vector(), z),
        _ if is_gram(&a, &b) => gram(a, b, z, span(T::DTYPE)),
        _ => tiles(a, b, z, span(T::DTYPE)),
    }
}

/// Whether a matrix and its transpose are multiplied, and half of the product is enough to be faster.
fn is_gram<T: Product>(a: &Mat<'_, T>, b: &Mat<'_, T>) -> bool {
    let (m, k) = a.shape();
    let pays = if m < GRAM { shares_rows(a, b) } else { k <= DEEP };
    pays && a.is_transpose_of(*b)
}

/// Whether each block row of such a product would pack columns that evict each other from the first-level cache: they
/// are better turned once. `m @ m.T` of 1024 rows took 21.4 ms, a third of them for packing, where `m.T @ m` took 14.6;
/// the copy takes 0.25. 1000 rows of 1000 gain nothing by it.
fn repacks<T: Product>(a: &Mat<'_, T>, b: &Mat<'_, T>) -> bool {
    !b.has_dense_rows() && a.has_rows_of_pages() && a.shape().0 >= GRAM && is_gram(a, b)
}

/// Whether the product of floats is that of halves of the rows, each on one thread: of few rows and columns, where
/// `gemm` has too little to share out, and which are not taken in tiles. Always in halves, since sums over long
/// inner axes may be grouped by the number of rows.
fn shares_rows<T: Product>(a: &Mat<'_, T>, b: &Mat<'_, T>) -> bool {
    let ((m, k), n) = (a.shape(), b.shape().1);
    let work = m.saturating_mul(n).saturating_mul(k);
    let few = m.max(n) < SIDE && m >= 16 && 2 * m >= n;
    T::DTYPE.is_inexact() && few && (SHARED..=2 * span(T::DTYPE)).contains(&work) && !T::in_tiles(a, b)
}

/// The dot product of two slices of one length; with `conj`, of the first one's conjugates.
fn dot<T: Product>(x: &[T], y: &[T], conj: bool) -> T {
    if x.len() <= PIECE {
        return T::dot(x, y, conj);
    }
    let mut sums = vec![T::default(); x.len().div_ceil(PIECE)];
    let piece = if size_of_val(x) + size_of_val(y) > PAST_CACHES { T::far_dot } else { T::dot };
    let work = progress::begin(sums.len());
    let piece = |x: &[T], y: &[T]| {
        work.advance(1);
        piece(x, y, conj)
    };
    dots(&mut sums, (x, y), &piece);
    sums.into_iter().fold(T::default(), T::add)
}

/// The dot products of the pieces of two slices, by halves, which are always those of the same threads: each finds its
/// pieces in its own second-level cache.
fn dots<T: Product>(sums: &mut [T], (x, y): (&[T], &[T]), piece: &(dyn Fn(&[T], &[T]) -> T + Sync)) {
    if sums.len() < 2 || threads::for_elements(2 * x.len()) == 1 {
        let pieces = x.chunks(PIECE).zip(y.chunks(PIECE)).take_while(|_| !interrupt::requested());
        return sums.iter_mut().zip(pieces).for_each(|(sum, (x, y))| *sum = piece(x, y));
    }
    let (left, right) = sums.split_at_mut(sums.len() / 2);
    let ((x, far_x), (y, far_y)) = (x.split_at(left.len() * PIECE), y.split_at(left.len() * PIECE));
    rayon::join(|| dots(left, (x, y), piece), || dots(right, (far_x, far_y), piece));
}

/// `z = a x`. Dense rows are shared out; dense columns are added up over stretches of the result or,
/// if it is short, over stretches of the columns whose sums are added in order.
fn gemv<T: Product>(a: Mat<'_, T>, x: &[T], z: &mut [T]) {
    let (m, k) = a.shape();
    let work = m.saturating_mul(k);
    if a.has_dense_rows() && m == 1 {
        z[0] = dot(&a.vector(), x, false);
    } else if a.has_dense_rows() || m >= 512 {
        let rows = match work < 2 * READ {
            true => m,
            false if a.has_dense_rows() => in_eights(READ / k),
            false => m.div_ceil(threads::count()).next_multiple_of(64).min(2048),
        };
        threads::chunks(z, rows, &|part, z| {
            let first = part * rows;
            matmul::gemv(a.slice_rows(first, first + z.len()), x, z);
        });
    } else if work < 2 * READ {
        matmul::gemv(a, x, z);
    } else {
        let columns = in_eights(READ / m).min(k);
        let mut sums = vec![T::default(); k.div_ceil(columns) * m];
        threads::chunks(&mut sums, m, &|part, z| {
            let first = part * columns;
            let end = k.min(first + columns);
            matmul::gemv(a.slice_cols(first, end), &x[first..end], z);
        });
        z.fill(T::default());
        sums.chunks_exact(m).for_each(|part| matmul::add_to(z, part));
    }
}

/// A number of rows, at least one, in whole groups of those that go together.
fn in_eights(rows: usize) -> usize {
    if rows < 8 { rows.max(1) } else { rows.next_multiple_of(8) }
}

/// `z = a b` for a matrix and its own transpose: block rows up to the diagonal, each on one thread, and the rest
/// mirrored. Few rows make two blocks of about the same area: `x.T @ x` of 1000 × 50 takes 46 µs, 114 by `gemm` on
/// two threads and 94 by the best peer, of 10000 × 20 91, 218 and 245, and of 1000 × 100 164, 307 and 383. `z @ z.T` of
/// 1000 × 50 takes 875 µs and of 256 × 256 345, 1120 and 514 where threads share each block row and one mirrors; the
/// best peer 1090 and 390. On a machine of about half the speed 1024 × 1024 takes 13.4 to 15.3 ms where `m @ m` takes
/// 19.8 to 22.2, and the best peer 15.5 (see [`repacks`]). Blocks of a third, a sixth, a tenth and a sixteenth of the
/// rows: 17.2, 15.6, 13.9 and 13.4.
fn gram<T: Product>(a: Mat<'_, T>, b: Mat<'_, T>, z: &mut [T], span: usize) {
    let (n, k) = a.shape();
    let rows = match n < GRAM {
        true => (n * 5 / 8).max(1).next_multiple_of(8),
        false => n.div_ceil(BLOCK_ROWS).min(2 * span / (n * k)).max(LEAST_ROWS).next_multiple_of(16),
    };
    threads::chunks(z, rows * n, &|part, z| {
        let first = part * rows;
        let end = first + z.len() / n;
        let used = z.len() - (n - end);
        let out = Out { data: &mut z[..used], stride: n, cols: end, add: false };
        T::gemm(a.slice_rows(first, end), b.slice_cols(0, end), out, 1);
    });
    match n < GRAM {
        true => matmul::mirror(z, n, &|n, strip| (0..n).for_each(strip)),
        false => matmul::mirror(z, n, &threads::each),
    }
}

/// `z = a b` in tiles of about `span` multiplications, each on all threads. Tiles are as square as
/// their number allows, since each packs its operands anew, and long inner axes are cut too.
fn tiles<T: Product>(a: Mat<'_, T>, b: Mat<'_, T>, z: &mut [T], span: usize) {
    let ((m, k), n) = (a.shape(), b.shape().1);
    let work = m.saturating_mul(n).saturating_mul(k);
    let threads = if work < SMALL { 1 } else { threads::count() };
    let halves = shares_rows(&a, &b);
    if halves || T::in_tiles(&a, &b) && work <= 2 * span {
        // Results of tiles are the same however many rows go at once.
        let parts = if halves { 2 } else { threads };
        let rows = if work < SHARED { m } else { m.div_ceil(parts).next_multiple_of(8) };
        return threads::chunks(z, rows * n, &|part, z| {
            let (first, len) = (part * rows, z.len());
            let out = Out { data: z, stride: n, cols: n, add: false };
            T::gemm(a.slice_rows(first, first + len / n), b, out, 1);
        });
    }
    if work <= 2 * span {
        let product = || T::gemm(a, b, Out { data: z, stride: n, cols: n, add: false }, threads);
        return threads::helped(threads, product);
    }
    let depth = k.min(DEEP);
    let area = (span / depth).max(1 << 12);
    let side = area.isqrt();
    let rows = if n < side { area / n } else { side }.next_multiple_of(64);
    let cols = if m < side { area / m } else { side }.next_multiple_of(64);
    let steps = k.div_ceil(depth) * m.div_ceil(rows) * n.div_ceil(cols);
    let progress = progress::begin(steps);
    for l in (0..k).step_by(depth) {
        let (a, b) = (a.slice_cols(l, k.min(l + depth)), b.slice_rows(l, k.min(l + depth)));
        for i in (0..m).step_by(rows) {
            let a = a.slice_rows(i, m.min(i + rows));
            for j in (0..n).step_by(cols) {
                if interrupt::requested() {
                    return;
                }
                let end = n.min(j + cols);
                let last = (m.min(i + rows) - 1) * n + end;
                let out = Out { data: &mut z[i * n + j..last], stride: n, cols: end - j, add: l > 0 };
                T::gemm(a, b.slice_cols(j, end), out, threads);
                progress.advance(1);
            }
        }
    }
}

/// The dot product of two arrays of one dtype and size, taken flat; with the first one's conjugates.
pub fn vdot(a: &Array, b: &Array) -> Result<Array, ArrayError> {
    let (a, b) = (super::contiguous(a)?, super::contiguous(b)?);
    let mut out = Array::empty(a.dtype(), &[])?;
    let _pass = tally::pass(|| {
        Pass::new("product", a.dtype(), a.size()).reads(&a).reads(&b).writes(&out).ops(2 * a.size())
    });
    fn fill<T: Product>(a: &Array, b: &Array, out: &mut Array) {
        if let (Some(x), Some(y), Some([z])) = (a.as_slice::<T>(), b.as_slice(), out.as_mut_slice()) {
            *z = dot(x, y, true);
        }
    }
    with_dtype!(a.dtype(), T => fill::<T>(&a, &b, &mut out));
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// Elements from which products of expressions give what those of arrays give: below, `small_matmul` adds up
/// in another order.
pub const LEAST_FED: usize = BRIEF + 1;

/// The dot product of two expressions of one dtype and shape, or of one with itself, whose elements are
/// computed piece by piece in the order of `axes` (or C): what `vdot` of the arrays gives, or `matmul` where not
/// `conj`. Also the conditions that the steps of each met.
pub fn dot_of(
    a: &Expr,
    b: Option<&Expr>,
    axes: Option<&[usize]>,
    conj: bool,
) -> Result<(Array, Conditions, Conditions), ArrayError> {
    let mut out = Array::empty(a.dtype(), &[])?;
    let n = a.size();
    fn fill<T: Product>(n: usize, a: &Feed<'_>, b: Option<&Feed<'_>>, conj: bool, out: &mut Array) {
        let mut sums = vec![T::default(); n.div_ceil(PIECE).max(1)];
        let group = if n < 2 * READ { sums.len() } else { 1 };
        threads::chunks(&mut sums, group, &|part, sums| {
            let most = PIECE.min(n);
            let (mut x, mut y) = (a.reader(T::DTYPE, most), b.map(|b| b.reader(T::DTYPE, most)));
            for (i, sum) in sums.iter_mut().enumerate() {
                let at = (part * group + i) * PIECE;
                let len = PIECE.min(n - at);
                let x = x.read(at, len).typed::<T>();
                *sum = match &mut y {
                    Some(y) => T::dot(x, y.read(at, len).typed(), conj),
                    None => T::dot(x, x, conj),
                };
            }
        });
        if let Some([z]) = out.as_mut_slice() {
            *z = if n <= PIECE { sums[0] } else { sums.into_iter().fold(T::default(), T::add) };
        }
    }
    let pass = |out: &Array| {
        let pass = a.read_by(Pass::new("product", a.dtype(), n)).writes(out).ops(2 * n);
        b.map_or(pass.clone(), |b| b.read_by(pass))
    };
    let (of_b, of_a) = a.fed(axes, |x| {
        let mut run = |y: Option<&Feed<'_>>| {
            let _pass = tally::pass(|| pass(&out));
            with_dtype!(a.dtype(), T => fill::<T>(n, x, y, conj, &mut out));
            Ok(())
        };
        match b {
            Some(b) => b.fed(axes, |y| run(Some(y))).map(|((), met)| met),
            None => run(None).map(|()| Conditions::default()),
        }
    })?;
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok((out, of_a, of_b)) }
}

/// The matrices of a stack, by their number in C order.
struct Stack<'a, T> {
    data: &'a [T],
    offset: usize,
    shape: &'a [usize],
    strides: &'a [isize],
    matrix: (usize, usize),
    steps: (isize, isize),
}

impl<'a, T: Element> Stack<'a, T> {
    fn new(a: &'a Array) -> Stack<'a, T> {
        let lead = a.ndim() - 2;
        let ((shape, matrix), (strides, steps)) = (a.shape().split_at(lead), a.strides().split_at(lead));
        Stack {
            data: a.storage::<T>(),
            offset: a.offset(),
            shape,
            strides,
            matrix: (matrix[0], matrix[1]),
            steps: (steps[0], steps[1]),
        }
    }

    /// How many matrices from `i` on follow each other by one step.
    fn run(&self, i: usize) -> usize {
        self.shape.last().map_or(usize::MAX, |&n| n - i % n)
    }

    /// That many matrices.
    fn series(&self, i: usize, count: usize) -> Series<'a, T> {
        Series::new(self.get(i), self.strides.last().copied().unwrap_or(0), count)
    }

    fn get(&self, mut i: usize) -> Mat<'a, T> {
        let mut at = self.offset as isize;
        if let (&[_], &[s]) = (self.shape, self.strides) {
            at += i as isize * s;
        } else {
            for (&n, &s) in self.shape.iter().zip(self.strides).rev() {
                at += (i % n) as isize * s;
                i /= n;
            }
        }
        Mat::new(self.data, at as usize, self.matrix, self.steps)
    }
}

/// The products of every element of `x` with every element of `y`, both taken flat in C order.
pub fn outer(x: &Array, y: &Array) -> Result<Array, ArrayError> {
    let (x, y) = (super::contiguous(x)?, super::contiguous(y)?);
    let mut out = Array::empty(x.dtype(), &[x.size(), y.size()])?;
    let _pass = tally::pass(|| {
        Pass::new("outer", x.dtype(), out.size()).reads(&x).reads(&y).writes(&out).ops(out.size())
    });
    fn fill<T: Product>(x: &Array, y: &Array, out: &mut Array) {
        let (Some(x), Some(y), Some(z)) = (x.as_slice::<T>(), y.as_slice::<T>(), out.as_mut_slice::<T>())
        else {
            return;
        };
        let rows = (READ / y.len().max(1)).clamp(1, x.len().max(1));
        threads::chunks(z, (rows * y.len()).max(1), &|part, z| {
            let first = part * rows;
            matmul::outer(&x[first..first + z.len() / y.len()], y, z);
        });
    }
    with_dtype!(x.dtype(), T => fill::<T>(&x, &y, &mut out));
    Ok(out)
}

/// The Kronecker product of two matrices of float64 or float32, each row of which is an outer product of
/// two rows: `None` for others, and where an element may overflow or be undefined, of which an
/// element-wise product tells.
pub fn kron(x: &Array, y: &Array) -> Result<Option<Array>, ArrayError> {
    match x.dtype() {
        DType::F64 => kron_of::<f64>(x, y),
        DType::F32 => kron_of::<f32>(x, y),
        _ => Ok(None),
    }
}

fn kron_of<T: Product + Into<f64>>(x: &Array, y: &Array) -> Result<Option<Array>, ArrayError> {
    let (&[m, n], &[p, q]) = (x.shape(), y.shape()) else { return Ok(None) };
    let (x, y) = (super::contiguous(x)?, super::contiguous(y)?);
    let (Some(left), Some(right)) = (x.as_slice::<T>(), y.as_slice::<T>()) else { return Ok(None) };
    // Not a number where one is among them.
    let largest = |x: &[T]| {
        x.iter().map(|&v| v.into().abs()).fold(0.0, |m: f64, v| if v > m || v.is_nan() { v } else { m })
    };
    let most = largest(left) * largest(right);
    if most.is_nan() || most > f64::from(f32::MAX) || left.is_empty() || right.is_empty() {
        return Ok(None);
    }
    let mut out = Array::empty(x.dtype(), &[m * p, n * q])?;
    let _pass = tally::pass(|| {
        Pass::new("outer", x.dtype(), out.size()).reads(&x).reads(&y).writes(&out).ops(out.size())
    });
    if let Some(z) = out.as_mut_slice::<T>() {
        let rows = (READ / (n * q)).max(1);
        threads::chunks(z, rows * n * q, &|part, z| {
            for (r, row) in z.chunks_exact_mut(n * q).enumerate() {
                let (i, k) = ((part * rows + r) / p, (part * rows + r) % p);
                matmul::outer(&left[i * n..][..n], &right[k * q..][..q], row);
            }
        });
    }
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(Some(out)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Order;
    use crate::dtype::DType;

    fn count(shape: &[usize]) -> Array {
        let n = shape.iter().product::<usize>();
        Array::from_slice(&(0..n).map(|i| i as f64).collect::<Vec<_>>(), shape).unwrap()
    }

    #[test]
    fn stacks_broadcast() {
        let (a, b) = (count(&[3, 1, 2, 4]), count(&[5, 4, 2]));
        let out = matmul(&a, &b).unwrap();
        assert_eq!(out.shape(), [3, 5, 2, 2]);
        let x = out.as_slice::<f64>().unwrap();
        // Element (2, 4, 1, 0): row 20..24 of a with column 0 of the last matrix of b.
        let want: f64 = (0..4).map(|k| (20 + k) as f64 * (32 + 2 * k) as f64).sum();
        assert_eq!(x[(2 * 5 + 4) * 4 + 2], want);
    }

    #[test]
    fn tiles_cover_the_product() {
        for (m, k, n) in [(70, 5, 200), (2, 9000, 3), (3, 8200, 70), (130, 3, 2)] {
            let fill = |n: usize| (0..n).map(|i| (i * 31 % 13) as i64 - 6).collect::<Vec<_>>();
            let (x, y) = (fill(m * k), fill(k * n));
            let (a, b) = (Mat::rows(&x, m, k), Mat::rows(&y, k, n));
            let (mut cut, mut whole) = (vec![1; m * n], vec![2; m * n]);
            tiles(a, b, &mut cut, 1);
            product(a, b, &mut whole, 1);
            assert_eq!(cut, whole, "{m} {k} {n}");
        }
    }

    #[test]
    fn a_product_with_the_transpose_is_symmetric() {
        for (n, k) in [(1, 3), (16, 1), (70, 5), (193, 40), (200, 8)] {
            let x: Vec<i64> = (0..n * k).map(|i| (i * 31 % 13) as i64 - 6).collect();
            let a = Mat::rows(&x, n, k);
            assert!(a.is_transpose_of(a.transpose()) && !a.is_transpose_of(Mat::rows(&x, k, n)));
            let (mut half, mut whole) = (vec![1; n * n], vec![2; n * n]);
            gram(a, a.transpose(), &mut half, 1);
            product(a, a.transpose(), &mut whole, 1);
            assert_eq!(half, whole, "{n} {k}");
        }
    }

    #[test]
    fn layouts_agree() {
        let (a, b) = (count(&[70, 80]), count(&[80, 60]));
        let plain = matmul(&a, &b).unwrap();
        let turned = crate::exec::copy(&a, Order::F).unwrap();
        let other = matmul(&turned, &b).unwrap();
        let near = |(x, y): (&f64, &f64)| (x - y).abs() <= 1e-12 * x.abs();
        let slices = (plain.as_slice::<f64>().unwrap(), other.as_slice::<f64>().unwrap());
        assert!(slices.0.iter().zip(slices.1).all(near));
        let empty = matmul(&count(&[3, 0]), &count(&[0, 2])).unwrap();
        assert_eq!(empty.as_slice::<f64>().unwrap(), [0.0; 6]);
        assert_eq!(
            matmul(&Array::zeros(DType::I8, &[0, 2, 2]).unwrap(), &Array::zeros(DType::I8, &[2, 2]).unwrap())
                .unwrap()
                .shape(),
            [0, 2, 2]
        );
    }
}

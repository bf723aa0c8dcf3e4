//! Singular values of a real upper bidiagonal matrix, without vectors: the last step of `svdvals`.
//!
//! The differential quotient-difference algorithm with shifts (Fernando and Parlett 1994, Parlett and
//! Marques 2000) on the squares `q` of the diagonal and `e` of what lies above it. One pass is one
//! division, one product, one sum and one difference per element in a chain; it makes each entry from
//! its neighbours with no cancellation but that of the shift, so small singular values keep their
//! relative accuracy. A shift too large shows as a negative entry; where that is the last one, it
//! says how much too large (the "late failure"), and the corrected shift is nearly exact.
//! The shift after a row is done follows from the last pass too, which a row's smallest entries without the
//! last say; where nothing off the diagonal became small, nothing is looked for there. 300 rows in 0.94 ms
//! (1.6 without either), where the iteration over rotations takes 3.4.

/// Replaces the diagonal by the singular values, descending. Nothing where the iteration does not
/// converge.
pub fn singular_values(diagonal: &mut [f64], above: &[f64]) -> Option<()> {
    let largest = diagonal.iter().chain(above).fold(0.0f64, |m, x| m.max(x.abs()));
    if largest > 0.0 {
        let down = 1.0 / largest;
        let square = |x: &f64| (x * down).powi(2);
        let mut q: Vec<f64> = diagonal.iter().map(square).collect();
        let mut e: Vec<f64> = above.iter().map(square).collect();
        values(&mut q, &mut e)?;
        diagonal.iter_mut().zip(&q).for_each(|(d, x)| *d = x.sqrt() * largest);
        diagonal.sort_unstable_by(|a, b| b.total_cmp(a));
    }
    Some(())
}

/// What one pass saw.
struct Seen {
    /// The smallest entry before the last, and the last.
    inner: f64,
    last: f64,
    /// The same of the rows before the last, if they are known.
    shorter: Option<(f64, f64)>,
    /// At most what lies off the diagonal.
    off: f64,
}

impl Seen {
    const FAILURE: Seen = Seen { inner: -1.0, last: -1.0, shorter: None, off: 0.0 };

    /// After the last row is done.
    fn shortened(self) -> Option<Seen> {
        let Seen { shorter, off, .. } = self;
        shorter.map(|(inner, last)| Seen { inner, last, shorter: None, off })
    }
}

/// The eigenvalues of the product of the two triangles in `q` and `e`, in place of `q`.
fn values(q: &mut [f64], e: &mut [f64]) -> Option<()> {
    let mut passes = 100 * q.len();
    let (mut next_q, mut next_e) = (vec![0.0; q.len()], vec![0.0; e.len()]);
    // What is still to be done: from, to, and how much was taken off.
    let mut blocks = vec![(0, q.len(), 0.0)];
    while let Some((start, end, mut taken)) = blocks.pop() {
        let mut end = end;
        // The smallest entry of the last pass, the shift's best bound.
        let mut seen: Option<Seen> = None;
        loop {
            if end - start < 3 {
                finish(&mut q[start..end], &e[start..end - 1], taken);
                break;
            }
            let (n, small) = (end - 1, |e: f64, q: f64| e <= TOLERANCE * (taken + q));
            if small(e[n - 1], q[n]) || e[n - 1] <= f64::EPSILON * f64::EPSILON * q[n - 1].min(q[n]) {
                q[n] += taken;
                end -= 1;
                seen = seen.and_then(Seen::shortened);
                continue;
            }
            // Entries are at most four, since all were at most one.
            if seen.as_ref().is_none_or(|s| s.off <= TOLERANCE * (taken + 4.0))
                && let Some(cut) = (start..n - 1).rev().find(|&i| small(e[i], q[i + 1].min(q[i])))
            {
                blocks.push((start, cut + 1, taken));
                blocks.push((cut + 1, end, taken));
                break;
            }
            if 1.5 * q[start] < q[n] {
                q[start..end].reverse();
                e[start..n].reverse();
                seen = None;
            }
            let (from, off) = (&q[start..end], &e[start..n]);
            let (to, to_off) = (&mut next_q[start..end], &mut next_e[start..n]);
            let mut shift = propose(from, off, seen.as_ref());
            let mut tries = 0;
            let found = loop {
                passes = passes.checked_sub(1)?;
                let found = pass(from, off, shift, to, to_off);
                if found.inner >= 0.0 && found.last >= 0.0 {
                    break found;
                }
                tries += 1;
                // Exact but for rounding where only the last entry is negative.
                shift = match tries {
                    1 if found.inner > 0.0 => ((shift + found.last) * (1.0 - 2.0 * f64::EPSILON)).max(0.0),
                    1..4 => 0.25 * shift,
                    _ => 0.0,
                };
                if tries > 5 {
                    return None;
                }
            };
            taken += shift;
            q[start..end].copy_from_slice(&next_q[start..end]);
            e[start..n].copy_from_slice(&next_e[start..n]);
            seen = Some(found);
        }
    }
    q.iter().all(|x| x.is_finite()).then_some(())
}

/// An entry off the diagonal at most this much of the eigenvalue next to it, both squared, is nothing.
const TOLERANCE: f64 = (10.0 * f64::EPSILON) * (10.0 * f64::EPSILON);

/// A shift at or a little above the smallest eigenvalue where the iteration closes in on it at the end;
/// elsewhere a quarter of the smallest entry.
fn propose(q: &[f64], e: &[f64], seen: Option<&Seen>) -> f64 {
    let Some(seen) = seen else { return 0.0 };
    let n = q.len() - 1;
    if seen.last > seen.inner {
        return 0.25 * seen.inner;
    }
    // The last two rows' smaller eigenvalue, by its product with the larger one: a little above the
    // whole block's. How little, the residual of its vector says, which reaches the row before.
    let (a, c) = (q[n - 1] + e[n - 1], q[n]);
    let root = ((a - c) * (a - c) + 4.0 * e[n - 1] * c).sqrt();
    let large = 0.5 * (a + c + root);
    if large <= 0.0 {
        return 0.0;
    }
    let above = q[n - 1] / large * c;
    let (wide, room) = (large - above, seen.inner - above);
    let residual = e[n - 1] * c / (wide * wide) * e[n - 2] * q[n - 1];
    let below = above - 2.0 * residual / room;
    if room > 0.0 && below > 0.75 * above { below } else { above }
}

/// One pass with a shift.
#[inline]
fn pass(q: &[f64], e: &[f64], shift: f64, to: &mut [f64], to_off: &mut [f64]) -> Seen {
    let mut d = q[0] - shift;
    let (mut inner, mut shorter, mut least) = (d, (d, d), f64::INFINITY);
    let n = e.len();
    let (to, last) = to.split_at_mut(n);
    for (((&next, &off), to), to_off) in q[1..].iter().zip(e).zip(to).zip(to_off) {
        let sum = d + off;
        *to = sum;
        shorter = (inner, d);
        inner = if d < inner { d } else { inner };
        let off = off * (next / sum);
        least = if off < least { off } else { least };
        *to_off = off;
        // A division of its own, which waits for nothing but the sum.
        d = d * next / sum - shift;
    }
    // A sum of zero leaves no number from there on.
    if !d.is_finite() || !inner.is_finite() {
        return Seen::FAILURE;
    }
    last[0] = d;
    Seen { inner, last: d, shorter: Some(shorter), off: least }
}

/// Blocks of one and two rows.
fn finish(q: &mut [f64], e: &[f64], taken: f64) {
    if let (&mut [a, b], &[e]) = (&mut *q, e) {
        // Of [[a + e, sqrt(e b)], [., b]], the smaller by the determinant a b.
        let sum = a + e + b;
        let root = ((a + e - b) * (a + e - b) + 4.0 * e * b).sqrt();
        let large = 0.5 * (sum + root);
        (q[0], q[1]) = (large, if large > 0.0 { a / large * b } else { 0.0 });
    }
    q.iter_mut().for_each(|x| *x += taken);
}

#[cfg(test)]
mod tests {
    use super::super::tridiagonal;
    use super::*;

    /// Against the eigenvalues of the symmetric matrix of both triangles, which are the singular values
    /// and their negatives, and lies between zeros on the diagonal.
    fn check(d: &[f64], e: &[f64]) {
        let mut values = d.to_vec();
        singular_values(&mut values, e).unwrap();
        assert!(values.is_sorted_by(|a, b| a >= b), "{values:?}");
        let mut off: Vec<f64> =
            (0..2 * d.len() - 1).map(|i| if i % 2 == 0 { d[i / 2] } else { e[i / 2] }).collect();
        let mut both = vec![0.0; 2 * d.len()];
        tridiagonal::eigenvalues(&mut both, &mut off).unwrap();
        let room = 1e-14 * values[0] * (d.len() as f64).sqrt();
        for (x, y) in values.iter().zip(both.iter().rev()) {
            assert!((x - y).abs() <= room, "{d:?} {e:?}: {x} {y}");
        }
    }

    #[test]
    fn they_are_eigenvalues_of_both_triangles() {
        let mut seed = 9u64;
        let mut next = || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        for n in 1..60 {
            let d: Vec<f64> = (0..n).map(|_| next()).collect();
            let e: Vec<f64> = (1..n).map(|_| next()).collect();
            check(&d, &e);
            // Split, graded both ways, singular, all alike, huge and tiny.
            let some = |x: &[f64], k: usize| -> Vec<f64> {
                x.iter().enumerate().map(|(i, x)| if i % k == k / 2 { 0.0 } else { *x }).collect()
            };
            check(&d, &some(&e, 3));
            check(&some(&d, 5), &e);
            check(&some(&d, 4), &some(&e, 7));
            let graded = |x: &[f64]| -> Vec<f64> {
                x.iter().enumerate().map(|(i, x)| x * 0.3f64.powi(i as i32)).collect()
            };
            let back = |x: Vec<f64>| -> Vec<f64> { x.into_iter().rev().collect() };
            check(&graded(&d), &graded(&e));
            check(&back(graded(&d)), &back(graded(&e)));
            check(&vec![1.0; n], &vec![1.0; n - 1]);
            check(&vec![1.0; n], &vec![-1e-9; n - 1]);
            let scaled = |by: f64, x: &[f64]| x.iter().map(|x| x * by).collect::<Vec<f64>>();
            check(&scaled(1e300, &d), &scaled(1e300, &e));
            check(&scaled(1e-290, &d), &scaled(1e-290, &e));
            check(&vec![0.0; n], &e);
            check(&d, &vec![0.0; n - 1]);
        }
        for n in [200, 501] {
            let (d, e): (Vec<f64>, Vec<f64>) =
                ((0..n).map(|_| next()).collect(), (1..n).map(|_| next()).collect());
            check(&d, &e);
        }
    }

    /// Where no entry cancels, small values are as exact as large ones.
    #[test]
    fn small_values_keep_their_digits() {
        // The product of the singular values is that of the diagonal.
        let d: Vec<f64> = (0..12).map(|i| 10f64.powi(-i)).collect();
        let mut values = d.clone();
        singular_values(&mut values, &[1.0; 11]).unwrap();
        let product: f64 = values.iter().product();
        let want: f64 = d.iter().product();
        assert!((product / want - 1.0).abs() < 1e-12, "{values:?}");
    }
}

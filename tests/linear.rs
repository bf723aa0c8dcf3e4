//! Linear algebra: every decomposition multiplies back to its matrix within a stated multiple of the
//! machine epsilon times the size, over sizes, dtypes, memory orders and numbers of threads; products
//! are the same bits on any number of threads.

mod common;

use arr::exec::threads;
use common::Probe;
use std::sync::Mutex;

/// Residuals are at most this many times `eps * n * scale`.
const MULTIPLE: f64 = 20.0;

/// The number of threads is one setting for the whole process.
static THREADS: Mutex<()> = Mutex::new(());

/// A line that gives a residual relative to the size of what it is made of. `a` is general and well
/// conditioned, `p` positive definite, `h` self-adjoint and indefinite, `t` tall, `b` has two columns.
const RESIDUALS: &[&str] = &[
    "x = np.linalg.solve(a, b); np.abs(a @ x - b).max() / np.abs(a).max() / np.abs(x).max()",
    "np.abs(a @ np.linalg.inv(a) - unit).max()",
    "d = np.linalg.slogdet(a); i = np.linalg.slogdet(np.linalg.inv(a)); np.abs(d.sign * i.sign - 1) + np.abs(d.logabsdet + i.logabsdet)",
    "l = np.linalg.cholesky(p); np.abs(l @ l.conj().T - p).max() / np.abs(p).max()",
    "u = np.linalg.cholesky(p, upper=True); np.abs(u.conj().T @ u - p).max() / np.abs(p).max()",
    "f = np.linalg.qr(a); np.abs(f.Q @ f.R - a).max() / np.abs(a).max()",
    "q = np.linalg.qr(a).Q; np.abs(q.conj().T @ q - unit).max()",
    "f = np.linalg.qr(t, mode=\"complete\"); np.abs(f.Q @ f.R - t).max() / np.abs(t).max()",
    "f = np.linalg.svd(a); np.abs((f.U * f.S) @ f.Vh - a).max() / np.abs(a).max()",
    "f = np.linalg.svd(t, full_matrices=False); np.abs((f.U * f.S) @ f.Vh - t).max() / f.S[0]",
    "s = np.linalg.svdvals(t); np.abs(s - np.linalg.svd(t).S).max() / s[0]",
    "f = np.linalg.svd(h, hermitian=True); np.abs((f.U * f.S) @ f.Vh - h).max() / f.S[0]",
    "s = np.linalg.svdvals(h); np.abs(s - np.linalg.svd(h, compute_uv=False, hermitian=True)).max() / s[0]",
    "e = np.linalg.eigh(h); np.abs(h @ e.eigenvectors - e.eigenvectors * e.eigenvalues).max() / np.abs(h).max()",
    "e = np.linalg.eig(a); np.abs(a @ e.eigenvectors - e.eigenvectors * e.eigenvalues).max() / np.abs(a).max()",
    "w = np.linalg.eigvalsh(h); np.abs(w - np.linalg.eigh(h, UPLO=\"U\").eigenvalues).max() / np.abs(w).max()",
    "np.abs(t @ np.linalg.pinv(t) @ t - t).max() / np.abs(t).max()",
    "np.abs(h @ np.linalg.pinv(h, hermitian=True) @ h - h).max() / np.abs(h).max() / np.linalg.cond(h)",
    "x = np.linalg.lstsq(t, c)[0]; np.abs(t.conj().T @ (t @ x - c)).max() / np.linalg.norm(t) ** 2",
    "w = np.concatenate([t, 2 * t, t[::-1]]); v = np.concatenate([c, c, c]); x = np.linalg.lstsq(w, v)[0]; np.abs(w.conj().T @ (w @ x - v)).max() / np.linalg.norm(w) ** 2",
    "w = np.concatenate([t, 2 * t, t[::-1]]); s = np.linalg.svdvals(w); np.abs(s - np.linalg.svd(w).S).max() / s[0]",
    "g = t.T @ t; np.abs(g - t.T.copy() @ t).max() / np.abs(g).max()",
    "np.abs(np.linalg.matrix_power(a, 3) - a @ a @ a).max() / np.abs(a @ a @ a).max()",
    "np.abs(np.linalg.norm(a) - np.sqrt((np.abs(a) ** 2).sum())) / np.linalg.norm(a)",
];

fn setup(n: usize, dtype: &str, order: &str) -> String {
    let noise = |rows: usize, cols: usize, seed: usize| {
        let draw = |s: usize| format!("np.random.default_rng({s}).random(({rows}, {cols}))");
        let sum = match dtype.starts_with("complex") {
            true => format!("({} + 1j * {})", draw(seed), draw(seed + 100)),
            false => draw(seed),
        };
        format!("{sum}.astype(\"{dtype}\"){}", if order == "F" { ".T.copy().T" } else { "" })
    };
    let turned = if order == "F" { ".T.copy().T" } else { "" };
    format!(
        "unit = np.eye({n}, dtype=\"{dtype}\")\na = {}\na = (a + {n} * unit){turned}\nb = {}\n\
         r = {}\np = (r @ r.conj().T + {n} * unit){turned}\nh = (r + r.conj().T){turned}\n\
         t = {}\nc = {}\n",
        noise(n, n, 1),
        noise(n, 2, 2),
        noise(n, n, 3),
        noise(n + 7, n, 4),
        noise(n + 7, 1, 5),
    )
}

#[test]
fn decompositions_multiply_back() {
    let _alone = THREADS.lock().unwrap_or_else(|e| e.into_inner());
    for (round, n) in [1, 2, 3, 8, 17, 33, 70].into_iter().enumerate() {
        for (kind, dtype) in ["float64", "float32", "complex128", "complex64"].into_iter().enumerate() {
            for order in ["C", "F"] {
                threads::set_count([1, 2, 5][(round + kind) % 3]);
                let eps = if ["float32", "complex64"].contains(&dtype) { 1.2e-7 } else { 2.3e-16 };
                let mut probe = Probe::new();
                let ran = probe.run(&setup(n, dtype, order));
                assert!(ran.result.is_ok(), "{:?}", ran.result.err());
                for line in RESIDUALS {
                    let ran = probe.run(&format!("{line} < {}", MULTIPLE * eps * n as f64 + 4.0 * eps));
                    assert_eq!(
                        ran.text.trim(),
                        "True",
                        "{line} of {n} {dtype} {order}: {:?}",
                        ran.result.err()
                    );
                }
            }
        }
    }
    threads::set_count(0);
}

#[test]
fn stacks_are_the_results_one_by_one() {
    let _alone = THREADS.lock().unwrap_or_else(|e| e.into_inner());
    for count in [1, 2, 5] {
        threads::set_count(count);
        let mut probe = Probe::new();
        probe.run("a = np.random.default_rng(1).random((300, 6, 6)); h = a + a.transpose(0, 2, 1)");
        for (all, one) in [
            ("np.linalg.inv(a)", "np.linalg.inv(a[299])"),
            ("np.linalg.det(a)", "np.linalg.det(a[299])"),
            ("np.linalg.qr(a).R", "np.linalg.qr(a[299]).R"),
            ("np.linalg.svdvals(a)", "np.linalg.svdvals(a[299])"),
            ("np.linalg.eigh(h).eigenvectors", "np.linalg.eigh(h[299]).eigenvectors"),
            ("np.linalg.pinv(a)", "np.linalg.pinv(a[299])"),
            ("np.linalg.solve(a, a[:, :, :2])", "np.linalg.solve(a[299], a[299, :, :2])"),
            ("a @ a", "a[299] @ a[299]"),
            ("a @ a[0, :, :3]", "a[299] @ a[0, :, :3]"),
            ("np.vecdot(a, h)", "np.vecdot(a[299], h[299])"),
        ] {
            let ran = probe.run(&format!("np.array_equal(({all})[299], {one})"));
            assert_eq!(ran.text.trim(), "True", "{all} and {one}: {:?}", ran.result.err());
        }
    }
    threads::set_count(0);
}

#[test]
fn products_do_not_depend_on_threads() {
    let _alone = THREADS.lock().unwrap_or_else(|e| e.into_inner());
    let shapes = [
        (1, 100_000, 1),
        (700, 90, 1),
        (1, 90, 700),
        (3, 40_000, 1),
        (1, 40_000, 3),
        (150, 160, 170),
        (70, 1300, 60),
        (20, 9000, 20),
        (250, 40, 250),
    ];
    for dtype in ["float64", "float32", "complex128", "int64", "int8", "bool"] {
        for (m, k, n) in shapes {
            let mut sums = Vec::new();
            for count in [1, 2, 5] {
                threads::set_count(count);
                let ran = Probe::new().run(&format!(
                    "a = (np.random.default_rng(1).random(({m}, {k})) * 9 - 4).astype(\"{dtype}\")\n\
                     b = (np.random.default_rng(2).random(({n}, {k})) * 9 - 4).astype(\"{dtype}\")\n\
                     x = a @ b.T; y = a.T.copy().T @ b.T.copy()\n\
                     g = a @ a.T\n\
                     (x.sum(), y.sum(), x[0], y[-1], x[:, -1], g.sum(), g[-1], np.array_equal(g, g.T))"
                ));
                assert!(ran.result.is_ok(), "{dtype} {m} {k} {n}: {:?}", ran.result.err());
                sums.push(ran.text);
            }
            assert!(sums.iter().all(|s| *s == sums[0]), "{dtype} {m} {k} {n}: {sums:?}");
        }
    }
    threads::set_count(0);
}

//! Unsigned keys whose order is NumPy's order of the elements.

use crate::dtype::{Element, c64, c128};

/// An unsigned integer to sort by.
pub trait Key: Copy + Ord + Send + Sync + Default + 'static {
    const BITS: u32;
    const MIN: Self;
    const MAX: Self;
    fn wide(self) -> u64;
    fn narrow(wide: u64) -> Self;
    /// The 8 bits from bit `shift` on.
    fn digit(self, shift: u32) -> usize;
    /// Sorts by vectors, or says that there is no such way for these keys on this machine. The
    /// scratch is as long as the keys, or empty if these are `FEW` at most.
    fn sort_vectors(_keys: &mut [Self], _scratch: &mut [Self], _parts: usize, _job: &Job<'_, Self>) -> bool {
        false
    }
    /// Selects by vectors; see `quick::select`.
    fn select_vectors(
        _keys: &mut [Self],
        _scratch: &mut [Self],
        _kth: &[usize],
        _job: &Job<'_, Self>,
    ) -> bool {
        false
    }
}

/// Keys that vectors sort without a scratch.
pub const FEW: usize = 128;

/// What a sort by vectors is told by its caller.
pub struct Job<'a, K> {
    /// Called on pieces of the sorted run, each key once: while they are in the cache.
    pub finish: &'a (dyn Fn(&mut [K]) + Sync),
    pub stop: &'a (dyn Fn(usize) -> bool + Sync),
}

macro_rules! keys {
    ($($k:ty $(, $vectors:ident)?);*) => {$(
        impl Key for $k {
            const BITS: u32 = <$k>::BITS;
            const MIN: $k = <$k>::MIN;
            const MAX: $k = <$k>::MAX;
            #[inline(always)]
            fn wide(self) -> u64 { self as u64 }
            #[inline(always)]
            fn narrow(wide: u64) -> $k { wide as $k }
            #[inline(always)]
            fn digit(self, shift: u32) -> usize { (self >> shift) as u8 as usize }
            $($vectors!();)?
        }
    )*};
}
macro_rules! vectors {
    () => {
        #[cfg(target_arch = "x86_64")]
        fn sort_vectors(keys: &mut [Self], scratch: &mut [Self], parts: usize, job: &Job<'_, Self>) -> bool {
            // SAFETY: the machine has what it takes.
            super::lanes::available() && unsafe { super::quick::sort(keys, scratch, parts, job) }
        }
        #[cfg(target_arch = "x86_64")]
        fn select_vectors(
            keys: &mut [Self],
            scratch: &mut [Self],
            kth: &[usize],
            job: &Job<'_, Self>,
        ) -> bool {
            // SAFETY: as above.
            super::lanes::available() && unsafe { super::quick::select(keys, scratch, kth, job) }
        }
    };
}
keys!(u8; u16; u32, vectors; u64, vectors);

/// A real element. Its bytes are as many as its key's, and any key is a valid element but for bool,
/// whose keys are 0 and 1.
pub trait Sortable: Element {
    type Key: Key;
    /// Whether elements are their own keys.
    const PLAIN: bool = false;
    /// The key of the element's place in sorted values; any NaN is the greatest.
    fn key(self) -> Self::Key;
    fn of_key(key: Self::Key) -> Self;
    /// The key with which equal elements are equal: -0.0 is 0.0.
    #[inline(always)]
    fn stable_key(self) -> Self::Key {
        self.key()
    }
}

macro_rules! ints {
    ($($t:ty => $k:ty, $flip:expr);* $(;)?) => {$(
        impl Sortable for $t {
            type Key = $k;
            const PLAIN: bool = { let flip: $k = $flip; flip == 0 };
            #[inline(always)]
            fn key(self) -> $k { self as $k ^ $flip }
            #[inline(always)]
            fn of_key(key: $k) -> $t { (key ^ $flip) as $t }
        }
    )*};
}
ints! {
    i8 => u8, 1 << 7; u8 => u8, 0; i16 => u16, 1 << 15; u16 => u16, 0;
    i32 => u32, 1 << 31; u32 => u32, 0; i64 => u64, 1 << 63; u64 => u64, 0;
}

impl Sortable for bool {
    type Key = u8;
    #[inline(always)]
    fn key(self) -> u8 {
        self as u8
    }
    #[inline(always)]
    fn of_key(key: u8) -> bool {
        key != 0
    }
}

macro_rules! floats {
    ($($t:ty => $k:ty, $i:ty);* $(;)?) => {$(
        impl Sortable for $t {
            type Key = $k;
            #[inline(always)]
            fn key(self) -> $k {
                let bits = self.to_bits();
                // Negative numbers: all bits flip; others: the sign bit.
                let mask = ((bits as $i) >> (<$k>::BITS - 1)) as $k | (1 << (<$k>::BITS - 1));
                if self.is_nan() { <$k>::MAX } else { bits ^ mask }
            }
            #[inline(always)]
            fn of_key(key: $k) -> $t {
                if key == <$k>::MAX {
                    return <$t>::NAN;
                }
                let mask = (((!key) as $i) >> (<$k>::BITS - 1)) as $k | (1 << (<$k>::BITS - 1));
                <$t>::from_bits(key ^ mask)
            }
            #[inline(always)]
            fn stable_key(self) -> $k {
                (self + 0.0).key()
            }
        }
    )*};
}
floats!(f32 => u32, i32; f64 => u64, i64);

/// Turns a run into its keys, in place.
pub fn to_keys<T: Sortable>(run: &mut [T]) -> &mut [T::Key] {
    super::super::simd(
        #[inline(always)]
        || {
            for x in run.iter_mut() {
                // SAFETY: an element and its key have one size, and `of_bits` of a bool's key is a
                // bool again; see `keys_of`.
                *x = unsafe { same_bits(x.key()) };
            }
        },
    );
    keys_of(run)
}

/// Turns a run that holds keys back into elements, in place.
pub fn from_keys<T: Sortable>(run: &mut [T]) {
    let keys = keys_of(run);
    super::super::simd(
        #[inline(always)]
        || {
            for k in keys.iter_mut() {
                // SAFETY: as in `to_keys`.
                *k = unsafe { same_bits(T::of_key(*k)) };
            }
        },
    );
}

/// The memory of a run, as keys.
pub fn keys_of<T: Sortable>(run: &mut [T]) -> &mut [T::Key] {
    assert_eq!((size_of::<T>(), align_of::<T>()), (size_of::<T::Key>(), align_of::<T::Key>()));
    // SAFETY: same size and alignment; every element's bytes are a valid unsigned integer. Sorting
    // permutes the keys, so that bytes written back are keys of elements, valid for bool too.
    unsafe { std::slice::from_raw_parts_mut(run.as_mut_ptr().cast(), run.len()) }
}

/// Turns keys back into the bits of elements, in place.
pub fn finish<T: Sortable>(keys: &mut [T::Key]) {
    // The keys of unsigned integers are the integers.
    if T::PLAIN {
        return;
    }
    super::super::simd(
        #[inline(always)]
        || {
            for k in keys.iter_mut() {
                // SAFETY: any bits are a valid key, and any of a number's a valid key again.
                *k = unsafe { same_bits(T::of_key(*k)) };
            }
        },
    );
}

/// # Safety
/// `A` and `B` have one size, and the bytes of `a` are a valid `B`.
#[inline(always)]
unsafe fn same_bits<A: Copy, B: Copy>(a: A) -> B {
    const { assert!(size_of::<A>() == size_of::<B>()) };
    // SAFETY: the caller's contract.
    unsafe { std::mem::transmute_copy(&a) }
}

/// NaN class, real part, imaginary part.
pub type Complex = (u8, u64, u64);

pub trait ComplexKey: Element {
    fn parts(self) -> (f64, f64);
}

impl ComplexKey for c64 {
    fn parts(self) -> (f64, f64) {
        (self.re as f64, self.im as f64)
    }
}

impl ComplexKey for c128 {
    fn parts(self) -> (f64, f64) {
        (self.re, self.im)
    }
}

/// NumPy's order: numbers, then NaN in the imaginary part, in the real part, in both.
pub fn complex_key<T: ComplexKey>(z: T) -> Complex {
    let (re, im) = z.parts();
    (2 * re.is_nan() as u8 + im.is_nan() as u8, re.stable_key(), im.stable_key())
}

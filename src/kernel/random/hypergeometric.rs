//! Draws without replacement from classes of known sizes, with the algorithms and the order of draws
//! of NumPy's `Generator`.
//!
//! Samples of fewer than 10, or of all but fewer than 10, are drawn item by item; others by ratios of
//! uniforms (HRUA: Stadlober, "The ratio of uniforms approach for generating discrete random
//! variates", 1990), which need the logarithms of four factorials a proposal. The legacy functions draw up to
//! 10 items by another rule, more by ratios of uniforms.

use super::discrete::ln_gamma;
use super::integers::interval;
use super::{Law, Numbers, Vectors};

/// `ln(k!)`, from a table and by Stirling's series beyond it.
fn ln_factorial(k: i64) -> f64 {
    if let Some(&known) = usize::try_from(k).ok().and_then(|k| LN_FACTORIALS.get(k)) {
        return known;
    }
    let half_ln_tau = 0.918_938_533_204_672_7;
    let x = k as f64;
    (x + 0.5) * x.ln() - x + (half_ln_tau + (1.0 / x) * (1.0 / 12.0 - 1.0 / (360.0 * x * x)))
}

/// How many of `sample` items drawn from `good + bad` are good.
pub struct Hypergeometric {
    good: i64,
    bad: i64,
    sample: i64,
    /// What a sample that is large, and leaves many, is drawn by.
    ratio: Option<Ratio>,
}

/// What the ratio of uniforms needs of the parameters.
struct Ratio {
    /// Items drawn, or left, whichever are fewer; the smaller and the larger class.
    drawn: i64,
    few: i64,
    many: i64,
    centre: f64,
    width: f64,
    bound: f64,
    /// The logarithms of the factorials at the mode.
    top: f64,
    ln_factorial: fn(i64) -> f64,
}

impl Ratio {
    fn new(good: i64, bad: i64, sample: i64, legacy: bool) -> Ratio {
        let total = good + bad;
        let drawn = sample.min(total - sample);
        let (few, many) = (good.min(bad), good.max(bad));
        let p = few as f64 / total as f64;
        let q = if legacy { 1.0 - p } else { many as f64 / total as f64 };
        let centre = drawn as f64 * p + 0.5;
        let counted = if legacy { sample } else { drawn };
        let variance = (total - drawn) as f64 * counted as f64 * p * q / (total - 1) as f64;
        let c = (variance + 0.5).sqrt();
        let mode = ((drawn + 1) as f64 * (few + 1) as f64 / (total + 2) as f64).floor() as i64;
        let mut ratio = Ratio {
            drawn,
            few,
            many,
            centre,
            width: 1.715_527_769_921_413_5 * c + 0.898_916_162_058_898_8,
            bound: ((drawn.min(few) + 1) as f64).min((centre + 16.0 * c).floor()),
            top: 0.0,
            ln_factorial: if legacy { |k| ln_gamma((k + 1) as f64) } else { ln_factorial },
        };
        ratio.top = ratio.factorials(mode);
        ratio
    }

    fn factorials(&self, k: i64) -> f64 {
        let ln = self.ln_factorial;
        ln(k) + ln(self.few - k) + ln(self.drawn - k) + ln(self.many - self.drawn + k)
    }

    fn draw<G: Numbers>(&self, g: &mut G) -> i64 {
        loop {
            let (u, v) = (g.next_f64(), g.next_f64());
            let x = self.centre + self.width * (v - 0.5) / u;
            if !(x >= 0.0 && x < self.bound) {
                continue;
            }
            let k = x.floor() as i64;
            let t = self.top - self.factorials(k);
            if u * (4.0 - u) - 3.0 <= t {
                return k;
            }
            if u * (u - t) < 1.0 && 2.0 * u.ln() <= t {
                return k;
            }
        }
    }
}

impl Hypergeometric {
    pub fn new(good: i64, bad: i64, sample: i64) -> Hypergeometric {
        let ratio = (sample >= 10 && sample <= good + bad - 10).then(|| Ratio::new(good, bad, sample, false));
        Hypergeometric { good, bad, sample, ratio }
    }

    /// Item by item.
    fn few<G: Numbers>(&self, g: &mut G) -> i64 {
        let mut total = self.good + self.bad;
        let most = self.sample > total / 2;
        let mut left = if most { total - self.sample } else { self.sample };
        let mut good = self.good;
        while left > 0 && good > 0 && total > good {
            total -= 1;
            if (interval(g, total as u64) as i64) < good {
                good -= 1;
            }
            left -= 1;
        }
        if total == good {
            good -= left;
        }
        if most { good } else { self.good - good }
    }
}

impl Law for Hypergeometric {
    type Out = i64;
    const WIDE: bool = false;
    fn draw<G: Numbers>(&self, g: &mut G) -> i64 {
        if G::LEGACY {
            return self.legacy(g);
        }
        let Some(ratio) = &self.ratio else { return self.few(g) };
        self.whole(ratio, ratio.draw(g))
    }
}

impl Hypergeometric {
    /// From how many of the smaller class, or of the smaller part, to how many good ones in the sample.
    fn whole(&self, ratio: &Ratio, k: i64) -> i64 {
        let mut k = k;
        if self.good > self.bad {
            k = ratio.drawn - k;
        }
        if ratio.drawn < self.sample { self.good - k } else { k }
    }

    fn legacy<G: Numbers>(&self, g: &mut G) -> i64 {
        if self.sample > 10 {
            let ratio = Ratio::new(self.good, self.bad, self.sample, true);
            return self.whole(&ratio, ratio.draw(g));
        }
        if self.sample < 1 {
            return 0;
        }
        let few = self.good.min(self.bad) as f64;
        let (mut y, mut left) = (few, self.sample);
        while y > 0.0 && left > 0 {
            let u = g.next_f64();
            y -= (u + y / (self.bad + self.good - self.sample + left) as f64).floor();
            left -= 1;
        }
        let k = (few - y) as i64;
        if self.good > self.bad { self.sample - k } else { k }
    }
}

impl From<[f64; 3]> for Hypergeometric {
    fn from(p: [f64; 3]) -> Hypergeometric {
        Hypergeometric::new(p[0] as i64, p[1] as i64, p[2] as i64)
    }
}

/// How many items of each colour are among `sample` drawn: each colour against those after it.
pub struct Colours<'a> {
    pub sizes: &'a [i64],
    pub sample: i64,
}

impl Vectors for Colours<'_> {
    type Out = i64;
    fn draw<G: Numbers>(&mut self, g: &mut G, out: &mut [i64]) {
        colours(g, self.sizes, self.sample, out);
    }
}

fn colours<G: Numbers>(g: &mut G, sizes: &[i64], sample: i64, out: &mut [i64]) {
    let total: i64 = sizes.iter().sum();
    out.fill(0);
    if total == 0 || sample == 0 {
        return;
    }
    let most = sample > total / 2;
    let (mut left, mut rest) = (if most { total - sample } else { sample }, total);
    let last = sizes.len() - 1;
    for j in 0..last {
        if left <= 0 {
            break;
        }
        rest -= sizes[j];
        out[j] = Hypergeometric::new(sizes[j], rest, left).draw(g);
        left -= out[j];
    }
    out[last] += left.max(0);
    if most {
        out.iter_mut().zip(sizes).for_each(|(x, n)| *x = n - *x);
    }
}

/// As [`Colours`], by a partial shuffle of all items, which keeps its order between draws.
pub struct ColoursCounted<'a> {
    sizes: &'a [i64],
    sample: i64,
    items: Vec<usize>,
}

impl ColoursCounted<'_> {
    pub fn new(sizes: &[i64], sample: i64) -> ColoursCounted<'_> {
        let items = sizes.iter().enumerate().flat_map(|(i, &n)| std::iter::repeat_n(i, n as usize)).collect();
        ColoursCounted { sizes, sample, items }
    }
}

impl Vectors for ColoursCounted<'_> {
    type Out = i64;
    fn draw<G: Numbers>(&mut self, g: &mut G, out: &mut [i64]) {
        colours_counted(g, self.sizes, self.sample, &mut self.items, out);
    }
}

fn colours_counted<G: Numbers>(g: &mut G, sizes: &[i64], sample: i64, items: &mut [usize], out: &mut [i64]) {
    out.fill(0);
    if items.is_empty() || sample == 0 {
        return;
    }
    let most = sample as usize > items.len() / 2;
    let sample = if most { items.len() - sample as usize } else { sample as usize };
    for j in 0..sample {
        let k = j + interval(g, (items.len() - j - 1) as u64) as usize;
        items.swap(j, k);
    }
    items[..sample].iter().for_each(|&class| out[class] += 1);
    if most {
        out.iter_mut().zip(sizes).for_each(|(x, n)| *x = n - *x);
    }
}

/// `ln(k!)`, correctly rounded.
#[rustfmt::skip]
const LN_FACTORIALS: [f64; 126] = [
    0.0, 0.0, std::f64::consts::LN_2, 1.791759469228055, 3.1780538303479458, 4.787491742782046, 6.579251212010101,
    8.525161361065415, 10.60460290274525, 12.801827480081469, 15.104412573075516, 17.502307845873887,
    19.987214495661885, 22.552163853123425, 25.19122118273868, 27.89927138384089, 30.671860106080672,
    33.50507345013689, 36.39544520803305, 39.339884187199495, 42.335616460753485, 45.38013889847691,
    48.47118135183523, 51.60667556776438, 54.78472939811232, 58.00360522298052, 61.261701761002,
    64.55753862700634, 67.88974313718154, 71.25703896716801, 74.65823634883016, 78.0922235533153,
    81.55795945611504, 85.05446701758152, 88.58082754219768, 92.1361756036871, 95.7196945421432,
    99.33061245478743, 102.96819861451381, 106.63176026064346, 110.32063971475739, 114.0342117814617,
    117.77188139974507, 121.53308151543864, 125.3172711493569, 129.12393363912722, 132.95257503561632,
    136.80272263732635, 140.67392364823425, 144.5657439463449, 148.47776695177302, 152.40959258449735,
    156.3608363030788, 160.3311282166309, 164.32011226319517, 168.32744544842765, 172.3527971391628,
    176.39584840699735, 180.45629141754378, 184.53382886144948, 188.6281734236716, 192.7390472878449,
    196.86618167289, 201.00931639928152, 205.1681994826412, 209.34258675253685, 213.53224149456327,
    217.73693411395422, 221.95644181913033, 226.1905483237276, 230.43904356577696, 234.70172344281826,
    238.97838956183432, 243.2688490029827, 247.57291409618688, 251.8904022097232, 256.22113555000954,
    260.5649409718632, 264.9216497985528, 269.2910976510198, 273.6731242856937, 278.0675734403661,
    282.4742926876304, 286.893133295427, 291.3239500942703, 295.76660135076065, 300.22094864701415,
    304.6868567656687, 309.1641935801469, 313.65282994987905, 318.1526396202093, 322.66349912672615,
    327.1852877037752, 331.7178871969285, 336.26118197919845, 340.815058870799, 345.37940706226686,
    349.95411804077025, 354.5390855194408, 359.1342053695754, 363.73937555556347, 368.35449607240474,
    372.979468885689, 377.61419787391867, 382.25858877306, 386.91254912321756, 391.5759882173296,
    396.24881705179155, 400.93094827891576, 405.6222961611449, 410.32277652693733, 415.03230672824964,
    419.7508055995447, 424.4781934182571, 429.21439186665157, 433.9593239950148, 438.71291418612117,
    443.47508812091894, 448.2457727453846, 453.0248962384961, 457.81238798127816, 462.6081785268749,
    467.4121995716082, 472.2243839269806, 477.04466549258564, 481.87297922988796,
];

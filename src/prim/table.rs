//! The index of the rows: by name and home, by glyph, by address. `prim::FAMILIES` lists the rows.

use super::FAMILIES;
use super::apl::operators;
use super::bind::Signature;
use super::row::{Home, Prim, Valence};
use crate::syntax::Lexicon;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{LazyLock, OnceLock};

/// The rows, indexed.
pub struct Table {
    rows: Vec<(&'static str, &'static Prim)>,
    names: HashMap<(Home, &'static str), &'static Prim>,
    glyphs: HashMap<(&'static str, Valence), &'static Prim>,
    signatures: HashMap<usize, OnceLock<Signature>, BuildHasherDefault<AddressHasher>>,
}

/// Spreads the addresses of rows: multiplication suffices, as nobody chooses them.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.write_usize(b.into()));
    }

    fn write_usize(&mut self, n: usize) {
        let h = (self.0 ^ n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = h ^ (h >> 32);
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

/// The table of primitives.
pub fn table() -> &'static Table {
    &TABLE
}

impl Table {
    fn build() -> Table {
        let mut table = Table {
            rows: Vec::new(),
            names: HashMap::new(),
            glyphs: HashMap::new(),
            signatures: HashMap::default(),
        };
        for (family, rows) in FAMILIES {
            for prim in *rows {
                table.rows.push((family, prim));
                for name in std::iter::once(&prim.name).chain(prim.aliases) {
                    table.names.insert((prim.home, name), prim);
                }
                for glyph in prim.glyphs {
                    table.glyphs.insert((glyph.text, glyph.valence), prim);
                }
                table.signatures.insert(std::ptr::from_ref(prim) as usize, OnceLock::new());
            }
        }
        table
    }

    /// Every row with its family's name.
    pub fn rows(&self) -> &[(&'static str, &'static Prim)] {
        &self.rows
    }

    /// The row of a name in one home.
    pub fn get(&self, home: Home, name: &str) -> Option<&'static Prim> {
        // A map's key is `'static`, but a look-up may use any string.
        let key: (Home, &str) = (home, name);
        self.names.get(&key).copied()
    }

    /// The rows of one home.
    pub fn of(&self, home: Home) -> impl Iterator<Item = &'static Prim> {
        self.rows.iter().map(|r| r.1).filter(move |p| p.home == home)
    }

    /// The row of a bare name.
    pub fn bare(&self, name: &str) -> Option<&'static Prim> {
        self.get(Home::Core, name).or_else(|| self.get(Home::Np, name))
    }

    /// The ndarray's own method of a name, which goes before the program's function of that name.
    pub fn own_method(&self, name: &str) -> Option<&'static Prim> {
        self.get(Home::Method, name).or_else(|| self.get(Home::Np, name).filter(|p| p.method))
    }

    /// The function that `x.name(…)` calls for an array or number `x` where the program has none.
    pub fn method(&self, name: &str) -> Option<&'static Prim> {
        self.get(Home::Method, name).or_else(|| self.get(Home::Np, name)).or_else(|| self.bare(name))
    }

    /// The row behind a glyph or ASCII operator.
    pub fn glyph(&self, text: &str, valence: Valence) -> Option<&'static Prim> {
        let key: (&str, Valence) = (text, valence);
        self.glyphs.get(&key).copied()
    }

    pub fn signature(&self, prim: &'static Prim) -> &Signature {
        self.signatures[&(std::ptr::from_ref(prim) as usize)].get_or_init(|| Signature::parse(prim.params))
    }

    /// The classes of all glyphs, for the parser: the rows' and the operators'.
    pub fn lexicon(&self) -> Lexicon {
        let rows = self.rows.iter().flat_map(|(_, p)| p.glyphs.iter().map(|g| (g.text, g.class)));
        let operators =
            operators::ROWS.iter().copied().flatten().filter_map(|o| o.class.map(|c| (o.glyph, c)));
        Lexicon::new(rows.chain(operators))
    }

    /// The row in the table at whose address this one is.
    pub(super) fn row_of(&self, prim: &Prim) -> Option<&'static Prim> {
        let address = std::ptr::from_ref(prim);
        self.get(prim.home, prim.name).filter(|p| std::ptr::eq(*p, address))
    }
}

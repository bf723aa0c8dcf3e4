//! Values as text, character for character as NumPy 2 and Python print them: numbers, arrays,
//! nested values, format specifications; and the small forms that commands share: tables, times.
//! Takes values; gives strings. Prints nothing itself.

mod array;
mod cells;
mod digits;
mod format;
mod options;
mod percent;
mod scalar;
mod spec;
mod table;
mod text;
pub mod time;
mod value;

pub use array::{array_repr, array_str, array_text};
pub use format::format;
pub use options::{FloatMode, Options, options, set_options};
pub use percent::percent;
pub use scalar::{complex_str, float_str, scalar_repr, scalar_str};
pub use table::{Side, shorten, table, wrap};
pub use text::str_repr;
pub use value::{display, repr_of, str_of};

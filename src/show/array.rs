//! Arrays as text, as NumPy's print options lay them out: rows in nested brackets, by default lines of
//! at most 75 characters, and past 1,000 elements only the corners. The work is proportional to
//! what is shown. `cells` writes the elements; this module finds them and places them.

use super::cells::{self, Cells};
use super::options::{Options, options};
use super::scalar::scalar_str;
use crate::array::Array;
use crate::dtype::{DType, Element, c64, c128};
use crate::value::shape_text;
use std::ops::Range;

/// What `print(a)` shows.
pub fn array_str(a: &Array) -> String {
    match a.item() {
        Some(s) if a.ndim() == 0 => scalar_str(s),
        _ => array_text(a, " ", 0, &options()),
    }
}

/// The elements in brackets under print options of its own, what follows the first line indented.
pub fn array_text(a: &Array, separator: &str, indent: usize, options: &Options) -> String {
    layout(a, separator, indent, options.width, options)
}

/// The array's repr: `array([1, 2], dtype=int8)`.
pub fn array_repr(a: &Array) -> String {
    const PREFIX: &str = "array(";
    let options = options();
    // The closing bracket takes one character of each line.
    let mut out = String::from(PREFIX);
    out.push_str(&layout(a, ", ", PREFIX.len(), options.width.saturating_sub(1), &options));
    let mut extras = String::new();
    if a.size() > options.threshold || (a.size() == 0 && a.shape() != [0]) {
        extras.push_str("shape=");
        extras.push_str(&shape_text(a.shape()));
    }
    let implied = matches!(a.dtype(), DType::Bool | DType::I64 | DType::F64 | DType::C128);
    if !implied || a.size() == 0 {
        if !extras.is_empty() {
            extras.push_str(", ");
        }
        extras.push_str("dtype=");
        extras.push_str(a.dtype().name());
    }
    if !extras.is_empty() {
        out.push(',');
        let last = out.len() - out.rfind('\n').map_or(0, |at| at + 1);
        if last + extras.len() + 2 > options.width {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', PREFIX.len()));
        } else {
            out.push(' ');
        }
        out.push_str(&extras);
    }
    out.push(')');
    out
}

/// The elements in brackets; 0-d arrays without.
fn layout(a: &Array, separator: &str, indent: usize, line_width: usize, options: &Options) -> String {
    if a.size() == 0 {
        return "[]".into();
    }
    let shown = Shown { array: a, summary: a.size() > options.threshold, edge: options.edge.max(1) };
    let cells = shown.cells(options);
    let Some(outer) = a.ndim().checked_sub(1) else { return cells.get(0).into() };
    let columns: Vec<usize> = shown.axis(outer).collect();
    let mut page = Page {
        out: String::new(),
        separator,
        indent: indent + 1,
        depth: a.ndim(),
        // Every bracket that closes after the row takes a character.
        width: line_width.min(1 << 40) as isize - outer as isize - 1,
    };
    page.open(0);
    let mut cell = 0;
    for row in shown.rows() {
        if let Some(step) = row.step {
            page.close(step.axis + 1);
            page.break_line(step.axis);
            if step.gap {
                page.out.push_str("...");
                page.break_line(step.axis);
            }
            page.open(step.axis + 1);
        }
        let mut line = page.start_row();
        for (k, &column) in columns.iter().enumerate() {
            if k > 0 {
                page.separate(&mut line);
                if column != columns[k - 1] + 1 {
                    page.word(&mut line, "...");
                    page.separate(&mut line);
                }
            }
            page.word(&mut line, cells.get(cell));
            cell += 1;
        }
    }
    page.close(0);
    page.out
}

/// The text so far, and the geometry of its lines.
struct Page<'a> {
    out: String,
    separator: &'a str,
    /// Characters before the outermost bracket's items.
    indent: usize,
    depth: usize,
    /// A word that would end past this column goes to the next line.
    width: isize,
}

/// Where a row's current line starts in the text, and how long it is.
struct Line {
    /// Characters that stand for the indentation of the row.
    indent: usize,
    len: usize,
}

impl Page<'_> {
    /// Opens the brackets of `axis` and all after it.
    fn open(&mut self, axis: usize) {
        self.out.extend(std::iter::repeat_n('[', self.depth - axis));
    }

    fn close(&mut self, axis: usize) {
        self.out.extend(std::iter::repeat_n(']', self.depth - axis));
    }

    /// Goes to the next item of an outer axis: the more axes below it, the more line ends.
    fn break_line(&mut self, axis: usize) {
        self.out.push_str(self.separator.trim_end());
        self.out.extend(std::iter::repeat_n('\n', self.depth - 1 - axis));
        self.pad(self.indent + axis);
    }

    fn start_row(&self) -> Line {
        let indent = self.indent + self.depth - 1;
        Line { indent, len: indent }
    }

    fn separate(&mut self, line: &mut Line) {
        self.out.push_str(self.separator);
        line.len += self.separator.len();
    }

    /// Appends a word, on a new line if it does not fit and the line already has one.
    fn word(&mut self, line: &mut Line, word: &str) {
        if (line.len + word.len()) as isize > self.width && line.len > line.indent {
            self.out.truncate(self.out.trim_end_matches(' ').len());
            self.out.push('\n');
            self.pad(line.indent);
            line.len = line.indent;
        }
        self.out.push_str(word);
        line.len += word.len();
    }

    fn pad(&mut self, n: usize) {
        self.out.extend(std::iter::repeat_n(' ', n));
    }
}

/// The elements of an array that are shown: all, or the corners.
struct Shown<'a> {
    array: &'a Array,
    summary: bool,
    /// Items at either end of a summarised axis.
    edge: usize,
}

/// A shown row along the last axis: where its first element lies in the buffer, and how it was
/// reached from the row before.
struct Row {
    position: isize,
    step: Option<Step>,
}

/// An outer axis went on to its next shown item, past a gap perhaps; those after it start again.
#[derive(Clone, Copy)]
struct Step {
    axis: usize,
    gap: bool,
}

impl<'a> Shown<'a> {
    /// The shown indices of an axis, in order.
    fn axis(&self, k: usize) -> impl Iterator<Item = usize> + use<> {
        let n = self.array.shape()[k];
        let edge = self.edge;
        let (head, tail): (Range<usize>, Range<usize>) =
            if self.summary && n > 2 * edge { (0..edge, n - edge..n) } else { (0..n, n..n) };
        head.chain(tail)
    }

    fn rows(&self) -> impl Iterator<Item = Row> + use<'a> {
        let (array, summary, edge) = (self.array, self.summary, self.edge);
        let outer = array.ndim().saturating_sub(1);
        let mut index = vec![0usize; outer];
        let mut next = Some(Row { position: array.offset() as isize, step: None });
        std::iter::from_fn(move || {
            let row = next.take()?;
            let mut position = row.position;
            for axis in (0..outer).rev() {
                let (n, stride) = (array.shape()[axis], array.strides()[axis]);
                let gap = summary && n > 2 * edge && index[axis] + 1 == edge;
                let to = if gap { n - edge } else { index[axis] + 1 };
                if to < n {
                    position += (to - index[axis]) as isize * stride;
                    index[axis] = to;
                    next = Some(Row { position, step: Some(Step { axis, gap }) });
                    break;
                }
                position -= index[axis] as isize * stride;
                index[axis] = 0;
            }
            Some(row)
        })
    }

    fn gather<T: Element>(&self) -> Vec<T> {
        let storage = self.array.storage::<T>();
        let Some(last) = self.array.ndim().checked_sub(1) else {
            return vec![storage[self.array.offset()]];
        };
        let stride = self.array.strides()[last];
        let mut items = Vec::new();
        for row in self.rows() {
            items.extend(self.axis(last).map(|i| storage[(row.position + i as isize * stride) as usize]));
        }
        items
    }

    fn cells(&self, options: &Options) -> Cells {
        match self.array.dtype() {
            DType::Bool => cells::bools(&self.gather::<bool>(), self.array.ndim() > 0),
            DType::I8 => cells::ints(&self.gather::<i8>()),
            DType::U8 => cells::ints(&self.gather::<u8>()),
            DType::I16 => cells::ints(&self.gather::<i16>()),
            DType::U16 => cells::ints(&self.gather::<u16>()),
            DType::I32 => cells::ints(&self.gather::<i32>()),
            DType::U32 => cells::ints(&self.gather::<u32>()),
            DType::I64 => cells::ints(&self.gather::<i64>()),
            DType::U64 => cells::ints(&self.gather::<u64>()),
            DType::F32 => cells::floats(&self.gather::<f32>(), options),
            DType::F64 => cells::floats(&self.gather::<f64>(), options),
            DType::C64 => cells::complexes(&self.gather::<c64>(), options),
            DType::C128 => cells::complexes(&self.gather::<c128>(), options),
        }
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_that_of_the_corners() {
        let one = Array::from_slice(&[1i8], &[1]).unwrap();
        let huge = one.broadcast_to(&[1_000_000_000, 1_000_000_000]).unwrap();
        let row = "[1 1 1 ... 1 1 1]";
        let want = format!("[{row}\n {row}\n {row}\n ...\n {row}\n {row}\n {row}]");
        assert_eq!(array_str(&huge), want);
    }

    #[test]
    fn many_axes() {
        let a = Array::from_slice(&[7u8], &[1; 200]).unwrap();
        assert_eq!(array_str(&a), format!("{}7{}", "[".repeat(200), "]".repeat(200)));
    }
}

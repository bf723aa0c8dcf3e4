//! A plot of points on two logarithmic axes, in characters.

/// Rows of the field.
const HEIGHT: usize = 12;
/// Columns beside it: the label of a row, and room for one that begins at the field's end.
const BESIDE: usize = 12;

/// Points, a curve, and marked places on the x axis with their labels.
pub struct Plot<'a> {
    pub points: &'a [(f64, f64)],
    pub curve: &'a dyn Fn(f64) -> f64,
    pub marks: &'a [(f64, String)],
    /// How a place on an axis is written.
    pub x: fn(f64) -> String,
    pub y: fn(f64) -> String,
    pub unicode: bool,
    /// Columns of the whole drawing.
    pub columns: usize,
}

/// Where values lie on two logarithmic axes, and how many cells these have.
struct Axes {
    x: (f64, f64),
    y: (f64, f64),
    width: usize,
}

impl Axes {
    fn column(&self, x: f64) -> Option<usize> {
        place(x, self.x, self.width)
    }

    /// Counted from above.
    fn row(&self, y: f64) -> Option<usize> {
        place(y, self.y, HEIGHT).map(|row| HEIGHT - 1 - row)
    }
}

/// The cell of a value between two logarithms, if it lies there.
fn place(v: f64, (lo, hi): (f64, f64), cells: usize) -> Option<usize> {
    let share = if hi > lo { (v.ln() - lo) / (hi - lo) } else { 0.5 };
    (0.0..=1.0).contains(&share).then(|| (share * (cells - 1) as f64).round() as usize)
}

impl Plot<'_> {
    pub fn draw(&self) -> String {
        let finite = |v: f64| v.is_finite() && v > 0.0;
        let points: Vec<(f64, f64)> =
            self.points.iter().copied().filter(|p| finite(p.0) && finite(p.1)).collect();
        if points.is_empty() {
            return String::new();
        }
        let range = |f: fn(&(f64, f64)) -> f64| {
            let values = points.iter().map(|p| f(p).ln());
            (values.clone().fold(f64::INFINITY, f64::min), values.fold(f64::NEG_INFINITY, f64::max))
        };
        let width = self.columns.saturating_sub(BESIDE).max(16) & !1;
        let axes = Axes { x: range(|p| p.0), y: range(|p| p.1), width };
        let mut field = vec![vec![' '; width]; HEIGHT];
        let labels = self.mark(&axes, &mut field);
        self.trace(&axes, &points, &mut field);
        self.frame(&axes, &field, &labels)
    }

    /// Draws the marks' edges, and gives the line of their labels.
    fn mark(&self, axes: &Axes, field: &mut [Vec<char>]) -> String {
        let edge = if self.unicode { '┆' } else { ':' };
        let mut labels = vec![' '; axes.width + 8];
        for (at, label) in self.marks {
            let Some(column) = axes.column(*at) else { continue };
            field.iter_mut().for_each(|row| row[column] = edge);
            let free = (0..label.chars().count()).all(|i| labels.get(column + i) == Some(&' '));
            for (i, c) in label.chars().enumerate().filter(|_| free) {
                labels[column + i] = c;
            }
        }
        labels.into_iter().collect()
    }

    /// Draws the curve, and the points over it.
    fn trace(&self, axes: &Axes, points: &[(f64, f64)], field: &mut [Vec<char>]) {
        let (dot, line) = if self.unicode { ('●', '·') } else { ('*', '.') };
        let (x0, x1) = axes.x;
        let share = |column: usize| column as f64 / (axes.width - 1) as f64;
        let heights =
            (0..axes.width).map(|column| axes.row((self.curve)((x0 + (x1 - x0) * share(column)).exp())));
        for (column, row) in heights.enumerate() {
            if let Some(row) = row {
                field[row][column] = line;
            }
        }
        for p in points {
            if let (Some(column), Some(row)) = (axes.column(p.0), axes.row(p.1)) {
                field[row][column] = dot;
            }
        }
    }

    /// The field between its axes and their labels.
    fn frame(&self, axes: &Axes, field: &[Vec<char>], labels: &str) -> String {
        let ((x0, x1), (y0, y1)) = (axes.x, axes.y);
        let mut out = String::new();
        let mut put = |text: String| {
            out.push_str(text.trim_end());
            out.push('\n');
        };
        if !labels.trim().is_empty() {
            put(format!("{:>8}  {labels}", ""));
        }
        let side = if self.unicode { '│' } else { '|' };
        for (i, row) in field.iter().enumerate() {
            let label = match i {
                0 => (self.y)(y1.exp()),
                _ if i == HEIGHT - 1 => (self.y)(y0.exp()),
                _ => String::new(),
            };
            put(format!("{label:>8} {side}{}", row.iter().collect::<String>()));
        }
        let (corner, bar) = if self.unicode { ('└', "─") } else { ('+', "-") };
        put(format!("{:>8} {corner}{}", "", bar.repeat(axes.width)));
        let (first, last) = ((self.x)(x0.exp()), (self.x)(x1.exp()));
        put(format!("{:>8}  {first:<half$}{last:>half$}", "", half = axes.width / 2));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_logarithms_is_drawn_straight() {
        let points = [(1.0, 1.0), (10.0, 10.0), (100.0, 100.0)];
        let plot = Plot {
            points: &points,
            curve: &|x| x,
            marks: &[(10.0, "L1".into()), (1e9, "L9".into())],
            x: |x| format!("{x:.0}"),
            y: |y| format!("{y:.0} s"),
            unicode: false,
            columns: 60,
        };
        let text = plot.draw();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), HEIGHT + 3);
        assert!(lines[0].trim() == "L1" && lines[1].starts_with("   100 s |") && lines[1].ends_with('*'));
        assert!(lines[12].starts_with("     1 s |*"), "{text}");
        assert!(lines.iter().all(|l| l.chars().count() <= 60), "{text}");
    }

    #[test]
    fn one_point_is_enough() {
        let plot = Plot {
            points: &[(5.0, 2.0)],
            curve: &|_| f64::NAN,
            marks: &[],
            x: |x| format!("{x}"),
            y: |y| format!("{y}"),
            unicode: true,
            columns: 60,
        };
        assert!(plot.draw().contains('●'));
    }
}

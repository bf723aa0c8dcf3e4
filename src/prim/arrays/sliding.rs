//! `np.lib.stride_tricks`: windows of an array as a view.

use crate::array::normalize_axis;
use crate::prim::row::{Example, Home, Kind};
use crate::prim::{Args, Prim};
use crate::value::{Fault, Part, Value, shape_text};

pub static ROWS: &[Prim] = &[Prim {
    name: "sliding_window_view",
    home: Home::StrideTricks,
    params: "x, window_shape, axis=None, *, subok=False, writeable=False",
    doc: "Every window of a shape, as a view: the windows' places first, then the axes of a window.\n\n\
          With `axis` the window slides along those axes, one length each. The view is read-only unless \
          `writeable`: its elements share memory.",
    examples: &[
        Example {
            code: "np.lib.stride_tricks.sliding_window_view([1, 2, 3, 4], 3)",
            out: "[[1 2 3]\n [2 3 4]]",
        },
        Example {
            code: "np.lib.stride_tricks.sliding_window_view(np.ones((3, 4)), (2, 2)).shape",
            out: "(2, 3, 2, 2)",
        },
    ],
    kind: Kind::Call(|_, args| windows(args)),
    ..Prim::NEW
}];

fn windows(args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    let lengths = args.ints(1)?;
    if lengths.iter().any(|&n| n < 0) {
        return Err(args.reason("`window_shape` cannot contain negative values"));
    }
    let axes = match args.is_none(2) {
        true if lengths.len() == x.ndim() => (0..x.ndim()).collect(),
        true => {
            return Err(args.reason(format!(
                "Since axis is None, must provide window_shape for all dimensions of `x`; got {} window_shape \
                 elements and `x.ndim` is {}.",
                lengths.len(),
                x.ndim()
            )));
        }
        false => {
            let given = args.ints(2)?;
            given.iter().map(|&k| normalize_axis(k, x.ndim())).collect::<Result<Vec<_>, _>>()?
        }
    };
    if axes.len() != lengths.len() {
        return Err(args.reason(format!(
            "Must provide matching length window_shape and axis; got {} window_shape elements and {} axes \
             elements.",
            lengths.len(),
            axes.len()
        )));
    }
    let (mut shape, mut strides) = (x.shape().to_vec(), x.strides().to_vec());
    for (&axis, &n) in axes.iter().zip(&lengths) {
        let n = n as usize;
        // A window of length 0 has as many places and one more.
        shape[axis] = (shape[axis] + 1).checked_sub(n).filter(|&left| left > 0).ok_or_else(|| {
            let given = lengths.iter().map(|&n| n as usize).collect::<Vec<_>>();
            let (window, whole) = (shape_text(&given), shape_text(x.shape()));
            let reason = format!("window shape cannot be larger than input array shape: {window} in {whole}");
            args.lengths(reason, [Part::new(0, "x", x.shape(), axis)], &[])
        })?;
        shape.push(n);
        strides.push(x.strides()[axis]);
    }
    let view = x.view(&shape, &strides, x.offset());
    view.set_writeable(args.flag(4)? && x.writeable());
    Ok(Value::Array(view))
}

//! Statistics of samples: moments, quantiles, histograms, counts; with weights and without NaN.

mod bins;
pub(in crate::prim) mod counting;
pub(in crate::prim) mod histograms;
pub(in crate::prim) mod moments;
pub(in crate::prim) mod nans;
pub(in crate::prim) mod quantiles;
pub(in crate::prim) mod samples;
pub(in crate::prim) mod weights;

//! Decompositions and solvers of dense matrices.

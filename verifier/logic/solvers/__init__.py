"""The doors to solvers: each takes SMT-LIB text."""

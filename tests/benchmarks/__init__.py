"""Benchmarks: `make bench`. One file per benchmark, one line in `BENCHMARKS`."""

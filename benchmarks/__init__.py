"""Side-by-side measurements against other programs: `python -m benchmarks` (or `make bench`)."""

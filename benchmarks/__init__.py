"""Commands that measure: `python -m benchmarks.NAME [--scale small|full] [--json]`. Ratios come from one run."""

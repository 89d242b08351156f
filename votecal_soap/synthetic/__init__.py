"""Synthetic Californian voters and batches with known truth, from a seed; no real person's record."""

"""Products, SKUs and their review."""

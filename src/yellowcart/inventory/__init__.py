"""Stock and holds."""

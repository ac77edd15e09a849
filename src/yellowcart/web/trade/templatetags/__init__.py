"""Template tags of orders, cases and statements."""

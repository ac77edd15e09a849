"""Pages, by role."""

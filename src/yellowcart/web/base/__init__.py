"""Pages: base."""

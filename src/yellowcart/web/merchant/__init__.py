"""Pages: merchant."""

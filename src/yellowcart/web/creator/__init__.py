"""Pages: creator."""

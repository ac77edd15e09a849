"""Pages: viewer."""

"""Template tags of the reading page."""

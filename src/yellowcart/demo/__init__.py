"""The demo data, and the cut-off night told end to end."""

"""Facts, reports and plots."""

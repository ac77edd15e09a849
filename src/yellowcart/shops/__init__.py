"""Shops, their types and their members."""

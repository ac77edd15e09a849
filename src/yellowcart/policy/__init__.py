"""Effective-dated rules that say which source may be sold on which surface, and why."""

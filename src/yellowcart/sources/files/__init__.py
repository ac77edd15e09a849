"""Catalogue files: read row by row, whatever program wrote them, and written in its columns."""

"""Double-entry accounts and postings; knows nothing of orders."""

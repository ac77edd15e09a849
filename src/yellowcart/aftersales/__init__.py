"""What goes wrong after a sale: refunds, returns, exchanges, price protection, and who decides."""

"""Money from buyers and back: attempts to pay, providers behind one port, refunds."""

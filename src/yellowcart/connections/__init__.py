"""Stores elsewhere that are connected to a shop here: their goods, stock, orders and health."""

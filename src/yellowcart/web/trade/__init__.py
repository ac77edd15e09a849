"""How orders, cases and statements look, for all who may see them."""

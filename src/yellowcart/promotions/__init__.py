"""Coupons: who gives them, who bears them, and who holds one."""

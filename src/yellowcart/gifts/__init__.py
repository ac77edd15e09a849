"""Coins, gifts, red packets and lucky bags: what viewers and hosts give."""

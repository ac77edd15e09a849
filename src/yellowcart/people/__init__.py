"""Accounts, roles, verification, follows and cart permits."""

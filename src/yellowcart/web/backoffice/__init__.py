"""What the creator's console and the merchant's back office have in common."""

"""The lane: admit, reserve, write, reply."""

"""Rooms, their numbered events and their chat."""

"""The life of a hold, as data."""

#: From where to where a hold may go. ``shipped`` and the two releases are ends.
TRANSITIONS: dict[str, frozenset[str]] = {
    "pending": frozenset({"captured", "voided", "expired"}),
    "captured": frozenset({"shipped", "voided"}),
    "shipped": frozenset(),
    "voided": frozenset(),
    "expired": frozenset(),
}

#: What one unit does to ``(on_hand, reserved, sold)`` on its way between two states.
EFFECTS: dict[tuple[str, str], tuple[int, int, int]] = {
    ("pending", "captured"): (0, -1, 1),
    ("pending", "voided"): (0, -1, 0),
    ("pending", "expired"): (0, -1, 0),
    ("captured", "shipped"): (-1, 0, -1),
    ("captured", "voided"): (0, 0, -1),
}

"""Roles on the whole platform. A shop's own roles are kept by shops."""

from enum import StrEnum


class Role(StrEnum):
    """What an account may do on the whole platform."""

    OPERATOR = "operator"
    CREATOR = "creator"
    MODERATOR = "moderator"
    SOURCE_OPERATOR = "source_operator"

from enum import StrEnum


class PriceRuleInKind(StrEnum):
    FIXED = "fixed"
    FOLLOW = "follow"
    MARGIN = "margin"

    def __str__(self) -> str:
        return str(self.value)

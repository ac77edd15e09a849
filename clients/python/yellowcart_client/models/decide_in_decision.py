from enum import StrEnum


class DecideInDecision(StrEnum):
    REFUND = "refund"
    REFUSAL = "refusal"
    RETURN = "return"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class CaseEventOutParty(StrEnum):
    BUYER = "buyer"
    OPERATOR = "operator"
    PLATFORM = "platform"
    SELLER = "seller"

    def __str__(self) -> str:
        return str(self.value)

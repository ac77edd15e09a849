from enum import StrEnum


class PictureOutParty(StrEnum):
    BUYER = "buyer"
    OPERATOR = "operator"
    PLATFORM = "platform"
    SELLER = "seller"

    def __str__(self) -> str:
        return str(self.value)

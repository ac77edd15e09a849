from enum import StrEnum


class PromotionsGivenBearer(StrEnum):
    CREATOR = "creator"
    MERCHANT = "merchant"
    PLATFORM = "platform"

    def __str__(self) -> str:
        return str(self.value)

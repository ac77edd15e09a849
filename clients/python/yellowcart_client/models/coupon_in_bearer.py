from enum import StrEnum


class CouponInBearer(StrEnum):
    CREATOR = "creator"
    MERCHANT = "merchant"
    PLATFORM = "platform"

    def __str__(self) -> str:
        return str(self.value)

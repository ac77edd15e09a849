from enum import StrEnum


class GiveInReason(StrEnum):
    CANNOT_SEND = "cannot_send"
    GOODWILL = "goodwill"

    def __str__(self) -> str:
        return str(self.value)

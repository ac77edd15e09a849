from enum import StrEnum


class CatalogStepVerb(StrEnum):
    OFF_SHELF = "off-shelf"
    ON_SHELF = "on-shelf"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"

    def __str__(self) -> str:
        return str(self.value)

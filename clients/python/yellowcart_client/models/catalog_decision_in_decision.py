from enum import StrEnum


class CatalogDecisionInDecision(StrEnum):
    APPROVED = "approved"
    NEEDS_CHANGES = "needs_changes"
    REJECTED = "rejected"

    def __str__(self) -> str:
        return str(self.value)

"""What an import does, or would do, to a shop's products."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yellowcart.sources.files.drafts import Refusal


@dataclass(frozen=True, slots=True)
class KeptEdit:
    """A field that both the file and the shop changed; the shop's value stayed."""

    line: int
    title: str
    field: str


@dataclass(frozen=True, slots=True)
class StockSaid:
    """What the file says lies in the warehouse of one SKU. ``product_line`` is the
    :class:`Change` it belongs to, ``variant`` the SKU's options; ``new`` where there was none."""

    sku_id: UUID
    on_hand: int
    line: int
    product_line: int
    variant: str = ""
    new: bool = False


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column's old and new value; ``variant`` is empty for the product's own."""

    field: str
    old: Any
    new: Any
    variant: str = ""


@dataclass(slots=True)
class Change:
    """What a draft does to one product: ``created`` or ``changed``, and how."""

    line: int
    title: str
    kind: str
    currency: str
    fields: list[FieldChange] = field(default_factory=list)


@dataclass(slots=True)
class Applied:
    """What came of a batch of drafts."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    skus_retired: int = 0
    kept: list[KeptEdit] = field(default_factory=list)
    stock: list[StockSaid] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

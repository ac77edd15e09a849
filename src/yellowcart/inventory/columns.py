"""What the columns of a foreign file mean to a shop: guessed, said once, and known from then on."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.inventory.models import ImportColumns
from yellowcart.sources.files import columns

#: Earlier headers of a shop whose names are remembered for new ones.
_REMEMBERED = 20


def known_mapping(shop_id: UUID, header: Sequence[str]) -> list[str] | None:
    """A field for each column as this shop named them before; ``None`` for a new header."""
    row = ImportColumns.objects.filter(shop_id=shop_id, signature=_signature(header)).first()
    return [row.columns.get(columns.plain(name), "") for name in header] if row else None


def suggested_mapping(
    shop_id: UUID, header: Sequence[str], sample: Sequence[Sequence[str]]
) -> list[str]:
    """A guess for each column; empty where none fits."""
    known: dict[str, str] = {}
    earlier = ImportColumns.objects.filter(shop_id=shop_id).order_by("-named_at")[:_REMEMBERED]
    for row in reversed(earlier):
        known.update({name: field for name, field in row.columns.items() if field})
    return columns.suggest(header, sample, known)


def check_mapping(header: Sequence[str], mapping: Sequence[str]) -> None:
    """Raise ``columns_unnamed``, ``column_twice`` or ``column_unknown``."""
    told = [field for field in mapping if field]
    if len(mapping) != len(header) or set(told) - set(columns.CHOICES):
        raise Problem("column_unknown", 422, _("Choose what each column means from the list."))
    twice = next((one for one in told if one != columns.OPTION and told.count(one) > 1), None)
    if twice is not None:
        raise Problem(
            "column_twice",
            422,
            _("Two columns can't both be “%(field)s”; leave one of them out."),
            params={"field": columns.FIELDS[twice].label},
        )
    if not {"title", "price"} <= set(told):
        raise Problem(
            "columns_unnamed",
            422,
            _("Say which column holds the name of a product and which its price."),
        )


def remember_mapping(
    shop_id: UUID, header: Sequence[str], mapping: Sequence[str], actor_id: UUID
) -> None:
    """Know these columns from now on. Joins the caller's transaction."""
    named = {
        columns.plain(name): field
        for name, field in zip(header, mapping, strict=True)
        if not columns.is_aside(name)
    }
    ImportColumns.objects.update_or_create(
        shop_id=shop_id,
        signature=_signature(header),
        defaults={
            "columns": named,
            "actor_id": actor_id,
            "named_at": now(),
        },
    )


def _signature(header: Sequence[str]) -> str:
    return hashlib.sha256(columns.signature(header).encode()).hexdigest()

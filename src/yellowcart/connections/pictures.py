"""A connected store's pictures are part of its health: they rest while it rests, are among its
calls, and count for its breaker where they lie on its own host. A host of pictures elsewhere that
fails must not hold back orders; it has a breaker of its own (see ``pictures``)."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yellowcart.catalog import picturing
from yellowcart.catalog.models import Product
from yellowcart.connections.keeping import do_end_call
from yellowcart.connections.models import Connection
from yellowcart.connections.queries import access_connection, connection_of_supplier
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.people.models import Account
from yellowcart.pictures.rules import host_of

CALL: Final = "picture"
#: How a call is written down that brought this.
_OUTCOMES: Final = {"kept": "answered", "same": "answered"}


class StoresGate:
    """What connections say and hear of their stores' pictures; see ``pictures.gates.Gate``."""

    def resting(self) -> list[UUID]:
        """Suppliers' shops whose store is paused, locked us out or does not answer."""
        rests = ~Q(state="active") | Q(breaker_until__gt=wall())
        rows = Connection.objects.filter(rests, supplier__isnull=False).exclude(state="closed")
        return [row.supplier_id for row in rows if row.supplier_id is not None]

    def note(
        self, shop_id: UUID, host: str, outcome: str, took_ms: int, words: Mapping[str, str]
    ) -> None:
        """Write a picture's call down, if it was one of a connected store's."""
        row = connection_of_supplier(shop_id)
        if row is not None:
            do_end_call(
                row.id,
                CALL,
                outcome=_OUTCOMES.get(outcome, outcome),
                took_ms=took_ms,
                waited_ms=0,
                words=words,
                wait_seconds=0,
                locked_out=False,
                counts=host in _hosts(row),
            )


def _hosts(row: Connection) -> set[str]:
    """The hosts of a store's own addresses."""
    texts = [text for text in row.settings_shown.values() if isinstance(text, str)]
    return {host_of(text) for text in texts if urlsplit(text).scheme in {"http", "https"}}


def progress_of(row: Connection) -> picturing.Progress:
    """How far the pictures of a store's goods are."""
    return picturing.progress_of(products_of(row))


def products_of(row: Connection) -> picturing.Products:
    """The store's goods as they came."""
    return Product.objects.filter(shop=row.supplier)


@transaction.atomic
def do_ask_again(*, actor: Account, connection_id: UUID) -> int:
    """Have the pictures of a store's goods fetched once more that failed; how many.

    Raises ``connection_not_found`` or ``shop_forbidden``.
    """
    row = access_connection(actor, connection_id, "goods")
    count = picturing.ask_again(products_of(row))
    outbox.audit(actor.id, "pictures.again", f"connection:{row.id}", count=count)
    return count

"""Reading one product of a store anew, because a person wants it: in the lane, as if the store had
told that it changed."""

from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.models import Product
from yellowcart.catalog.queries import access_product
from yellowcart.connections import channels, queries
from yellowcart.connections.models import Connection, Message
from yellowcart.connections.states import not_now
from yellowcart.connections.waking import wake
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem
from yellowcart.people.models import Account
from yellowcart.sources.connector import Can, Happening


def store_of(product: Product) -> tuple[Connection, Product] | None:
    """The store that a product can be read anew from, and the product as it came from there."""
    return channels.store_of(product, Can.FETCH_ITEM)


@transaction.atomic
def do_read_anew(*, actor: Account, product_id: UUID) -> Connection:
    """Have a product read anew from its store, soon and once however often it is asked for. What
    the shop's people edited stays. ``product_id`` may be the copy that the shop sells.

    Problems: ``product_not_found``, ``shop_forbidden``, ``anew_unsupported``,
    ``connection_not_found``, ``connection_state``.
    """
    product = access_product(actor, product_id, "goods")
    found = store_of(product)
    if found is None:
        raise Problem(
            "anew_unsupported",
            409,
            _("This product is from no connected store that can be asked for one product."),
        )
    connection, original = found
    queries.access_connection(actor, connection.id, "goods")
    if connection.state != "active":
        raise not_now(connection.state)
    at = wall()
    wish = {
        "happenings": msgspec.to_builtins([Happening("product", original.external_id)]),
        "received_at": at,
        "due_at": at,
        "attempts": 0,
        "problem": {},
    }
    Message.objects.update_or_create(
        connection=connection, message_id=f"anew:{original.id.hex}", defaults=wish
    )
    wake(connection.id)
    outbox.audit(actor.id, "connection.read_anew", f"product:{original.id}")
    return connection

"""Copies of a store's products for its own channels: for a host's rooms there, or the shop's.

A source that makes such copies makes another one each time it is asked. So one is asked for once:
it is marked before the call, and one whose answer was lost waits for a person who looks there.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.models import Product
from yellowcart.catalog.queries import access_product
from yellowcart.connections import queries
from yellowcart.connections.calls import BreakerOpenError, ask, is_undone
from yellowcart.connections.models import Connection, Word
from yellowcart.connections.rules import next_try
from yellowcart.connections.sold_models import ChannelCopy
from yellowcart.connections.states import not_now
from yellowcart.connections.waking import wake
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem, words_of
from yellowcart.people.models import Account
from yellowcart.sources.connector import Can, SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.registry import CONNECTORS

MOST_HOSTS: Final = 500
LONGEST_HOST: Final = 60
#: Kept with a copy that was being made when its worker died.
_LOST: Final = _("The answer was lost. Look at the store whether the copy is there, then say so.")


def store_of(product: Product, can: Can = Can.COPY_TO_CHANNEL) -> tuple[Connection, Product] | None:
    """The store of a product that can make copies of it, or do what is wanted, and the product as
    the store's supplier has it; None where there is no such store. ``product`` may be a copy that a
    shop lists."""
    original = product.origin or product
    able = [code for code, one in CONNECTORS.items() if can in one.can]
    if original.source not in able or not original.external_id:
        return None
    known = Word.objects.filter(
        sku_id__in=original.skus.values("id"),
        connection__source=original.source,
        connection__supplier=original.shop_id,
        connection__state__in=["active", "paused"],
    )
    word = known.select_related("connection").first()
    return (word.connection, original) if word else None


def copies_of(product: Product) -> list[ChannelCopy]:
    """The copies that were asked for of a product, the latest first."""
    original = product.origin or product
    return list(
        ChannelCopy.objects.filter(product=original)
        .select_related("connection")
        .order_by("-created_at", "-id")
    )


def hosts_in(text: str) -> list[str]:
    """Ids of hosts as somebody typed them, apart by spaces, commas or lines, each once."""
    for mark in ",，;；、":
        text = text.replace(mark, " ")
    return sorted(set(text.split()))


@transaction.atomic
def do_ask_copy(*, actor: Account, product_id: UUID, hosts: Sequence[str]) -> ChannelCopy:
    """Have a copy of a product made at its store, for the hosts named by their ids there, or for
    the store's own rooms. It sells from the product's own stock. The same again changes nothing,
    unless it had failed.

    Whoever may see the product's shop but not that of the connection is refused: the store is not
    theirs. Problems: ``product_not_found``, ``shop_forbidden``, ``copy_unsupported``,
    ``connection_not_found``, ``connection_state``, ``hosts_bad``.
    """
    product = access_product(actor, product_id, "goods")
    found = store_of(product)
    if found is None:
        raise Problem(
            "copy_unsupported", 409, _("The store that this product is from makes no such copies.")
        )
    connection, original = found
    queries.access_connection(actor, connection.id, "goods")
    if connection.state != "active":
        raise not_now(connection.state)
    wanted = sorted(set(hosts))
    if len(wanted) > MOST_HOSTS or any(not _is_host(one) for one in wanted):
        raise Problem(
            "hosts_bad",
            422,
            _("Name up to %(most)s hosts by the numbers that the store knows them by."),
            params={"most": MOST_HOSTS},
        )
    digest = hashlib.sha256(",".join(wanted).encode()).hexdigest()
    try:
        with transaction.atomic():
            row = ChannelCopy.objects.create(
                connection=connection,
                product=original,
                hosts=wanted,
                hosts_digest=digest,
                asked_by=actor.id,
                due_at=wall(),
            )
    except IntegrityError:
        return ChannelCopy.objects.exclude(state="failed").get(
            connection=connection, product=original, hosts_digest=digest
        )
    wake(connection.id)
    outbox.audit(actor.id, "connection.copy", f"product:{original.id}", hosts=len(wanted))
    return row


def _is_host(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_HOST


@transaction.atomic
def do_say_outcome(*, actor: Account, copy_id: UUID, is_there: bool) -> ChannelCopy:
    """A person looked at the store whether a copy whose answer was lost is there; where it is not,
    it can be asked for again. Problems: ``copy_not_found``, ``shop_forbidden``, ``copy_state``."""
    seen = access_copy(actor, copy_id, "goods")
    row = ChannelCopy.objects.select_for_update(no_key=True).get(id=seen.id)
    if row.state != "unsure":
        raise Problem("copy_state", 409, _("What became of this copy is known."))
    row.state = "made" if is_there else "failed"
    row.save(update_fields=["state"])
    outbox.audit(actor.id, "connection.copy_outcome", f"copy:{row.id}", is_there=is_there)
    return row


def access_copy(account: Account, copy_id: UUID, capability: str = "view") -> ChannelCopy:
    """A copy, for those who may see its connection; ``copy_not_found`` to others."""
    row = ChannelCopy.objects.select_related("connection", "product").filter(id=copy_id).first()
    if row is None:
        raise _not_found()
    try:
        queries.access_connection(account, row.connection_id, capability)
    except Problem as problem:
        raise _not_found() if problem.code == "connection_not_found" else problem from None
    return row


def _not_found() -> Problem:
    return Problem("copy_not_found", 404, _("There is no such copy among yours."))


# What the lane does


def due(connection: Connection) -> datetime | None:
    """When the next copy is to be made."""
    rows = ChannelCopy.objects.filter(connection=connection, due_at__isnull=False)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()


def step(connection: Connection) -> None:
    """Make one copy."""
    rows = ChannelCopy.objects.filter(connection=connection, due_at__isnull=False)
    row = rows.select_related("product").order_by("due_at", "id").first()
    if row is None:
        return
    if row.state == "making":
        # Whoever made it did not come to an end.
        do_end(row.id, "unsure", words_of(Problem("copy_unsure", 409, _LOST)))
        return
    do_mark(row.id)
    try:
        channel = ask(connection, "copy_to_channel", row.product.external_id, list(row.hosts))
    except BreakerOpenError:
        do_put_off(row.id, {}, wall(), 0)
        raise
    except AskedToWaitError as error:
        do_put_off(row.id, words_of(error), wall() + timedelta(seconds=max(error.seconds, 1)), 0)
    except Problem as error:
        instant = next_try(row.attempts + 1, wall())
        if isinstance(error, SourceError) and is_undone(error):
            do_end(row.id, "failed", words_of(error))
        elif is_undone(error) and instant is not None:
            do_put_off(row.id, words_of(error), instant, 1)
        else:
            do_end(row.id, "unsure", words_of(error))
    else:
        do_end(row.id, "made", {}, str(channel)[:100])


@transaction.atomic
def do_mark(copy_id: UUID) -> None:
    """A copy is about to be asked for."""
    ChannelCopy.objects.filter(id=copy_id, state="waiting").update(state="making")


@transaction.atomic
def do_put_off(copy_id: UUID, words: Mapping[str, str], until: datetime, more: int) -> None:
    """The store was not asked: try later."""
    row = ChannelCopy.objects.select_for_update(no_key=True).get(id=copy_id)
    row.state, row.last_error, row.due_at = "waiting", dict(words), until
    row.attempts += more
    row.save(update_fields=["state", "last_error", "due_at", "attempts"])


@transaction.atomic
def do_end(copy_id: UUID, state: str, words: Mapping[str, str], channel: str = "") -> None:
    """What became of a copy."""
    ChannelCopy.objects.filter(id=copy_id).update(
        state=state, last_error=dict(words), channel=channel, due_at=None, ended_at=wall()
    )

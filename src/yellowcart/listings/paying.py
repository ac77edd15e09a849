"""Links that pay: kept as their source made them, chosen at the click, and named by sales.

Who makes them, for which account and when, is ``connections``' to say (:mod:`connections.links`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from yellowcart.core.clock import wall
from yellowcart.listings.cart import CartRow, LinkRow
from yellowcart.listings.models import Click, Listing, PayingLink

LONGEST_URL: Final = 2_000


class Wanted(NamedTuple):
    """A link to be made: of a product, for a creator's listings or with null for all others'."""

    product_id: UUID
    creator_id: UUID | None
    text: str
    pasted: str
    readable: bool = True


class Made(NamedTuple):
    """What a source made. ``text`` is what to ask about next, at ``renew_at``."""

    url: str
    code: str
    external_id: str
    valid_until: datetime | None
    text: str
    renew_at: datetime | None


def through(row: CartRow, at: datetime) -> LinkRow | None:
    """The link that a buyer leaves a listing by, ``at`` an instant of the wall clock; None where
    none is good, and the pasted one has to do. Pure."""
    return next((one for one in row.links or () if one.until is None or at < one.until), None)


def leads_to(url: str, hosts: Iterable[str]) -> bool:
    """Whether an address is of the web and lies under one of these domains. Pure."""
    if len(url) > LONGEST_URL or not url.isascii() or any(mark in url for mark in '\\ \t\r\n<>"'):
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or port not in {None, 80, 443}:
        return False
    return any(host == one or host.endswith("." + one) for one in hosts)


# Reading


def links_of(product_id: UUID) -> QuerySet[PayingLink]:
    """A product's own links that are in use, the shop's account's before the platform's."""
    rows = PayingLink.objects.filter(product_id=product_id, creator_id__isnull=True)
    return rows.exclude(state="ended").order_by("earner_id", "created_at")


def due_of(connection_id: UUID) -> QuerySet[PayingLink]:
    """What is to be asked about for an account, the longest due first."""
    rows = PayingLink.objects.filter(connection_id=connection_id, due_at__isnull=False)
    return rows.order_by("due_at", "id")


def in_use(connection_id: UUID) -> QuerySet[PayingLink]:
    """The links of an account that are in use."""
    return PayingLink.objects.filter(connection_id=connection_id).exclude(state="ended")


def known(connection_id: UUID, product: OuterRef, creator: OuterRef | None) -> Exists:
    """Whether a product of a query has a link of an account, for a creator of the query or none."""
    rows = in_use(connection_id).filter(product=product)
    if creator is None:
        return Exists(rows.filter(creator_id__isnull=True))
    return Exists(rows.filter(creator_id=creator))


def creators_without(connection_id: UUID, most: int) -> list[tuple[PayingLink, UUID]]:
    """Creators who offer a product whose own link an account has, and have none of their own yet;
    each with the product's link."""
    own = in_use(connection_id).filter(creator_id__isnull=True, state="made")
    offered = Listing.objects.filter(
        product__in=own.values("product"), unmounted_at__isnull=True, creator_id__isnull=False
    ).exclude(known(connection_id, OuterRef("product"), OuterRef("creator_id")))
    pairs = offered.order_by("product_id", "creator_id").values_list("product_id", "creator_id")
    found = list(pairs.distinct()[:most])
    links = {one.product_id: one for one in own.filter(product__in={pair[0] for pair in found})}
    return [(links[product], creator) for product, creator in found if product in links and creator]


def is_offered_by(product_id: UUID, creator_id: UUID) -> bool:
    """Whether a creator still offers a product anywhere."""
    mine = Listing.objects.filter(product_id=product_id, creator_id=creator_id)
    return mine.filter(unmounted_at__isnull=True).exists()


def click_behind(
    source: str, told: str, item_id: str, earner_id: UUID | None, ordered_at: datetime
) -> tuple[Click, str] | None:
    """The click that led to a sale, and by what it was found: ``told`` is its id, or the id of a
    ``link``, whose latest click before the sale it then was; where a source tells neither, the
    latest through any link to the ``item``.

    An account's word counts for links that were made for it alone; a shop's for its own goods.
    """
    clicks = Click.objects.filter(source=source).select_related("listing")
    if earner_id is not None:
        clicks = clicks.filter(shop_id=earner_id)
    links = PayingLink.objects.filter(source=source, earner_id=earner_id)
    try:
        wanted: UUID | None = UUID(told)
    except ValueError:
        wanted = None
    if wanted is not None:
        named = clicks.filter(id=wanted).first()
        if named is not None:
            return named, "told"
        by, links = "link", links.filter(id=wanted)
    elif item_id:
        by, links = "item", links.filter(external_id=item_id)
    else:
        return None
    before = clicks.filter(link_id__in=links.values("id"), at__lte=ordered_at)
    latest = before.order_by("-at", "-id").first()
    return (latest, by) if latest is not None else None


# Writing; all join the caller's transaction


@transaction.atomic
def do_want(
    source: str, connection_id: UUID, earner_id: UUID | None, wanted: Iterable[Wanted]
) -> int:
    """Have links made for an account; those that are there stay as they are."""
    rows = [
        PayingLink(
            product_id=one.product_id,
            creator_id=one.creator_id,
            source=source,
            connection_id=connection_id,
            earner_id=earner_id,
            text=one.text,
            pasted=one.pasted,
            state="waiting" if one.readable else "unreadable",
            due_at=wall() if one.readable else None,
        )
        for one in wanted
    ]
    PayingLink.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def do_ask_anew(link_id: UUID, text: str, pasted: str, readable: bool) -> None:
    """A fresh code was pasted for a product whose link could not be made."""
    PayingLink.objects.filter(id=link_id).update(
        text=text,
        pasted=pasted,
        state="waiting" if readable else "unreadable",
        due_at=wall() if readable else None,
        attempts=0,
        last_error={},
    )


@transaction.atomic
def do_keep(link_id: UUID, made: Made) -> None:
    """Keep what the source made. Once a shop's own account has a product's link, the platform's
    are done with."""
    row = _locked(link_id)
    if row is None:
        return
    row.state, row.attempts, row.last_error = "made", 0, {}
    row.url, row.code, row.external_id = made.url, made.code[:200], made.external_id[:200]
    row.text, row.valid_until, row.due_at = made.text, made.valid_until, made.renew_at
    row.made_at = wall()
    row.save()
    if row.earner_id is not None:
        others = PayingLink.objects.filter(product_id=row.product_id, earner_id__isnull=True)
        others.update(state="ended", due_at=None)


@transaction.atomic
def do_note_failure(
    link_id: UUID,
    words: Mapping[str, str],
    again_at: datetime,
    attempts: int,
    state: str = "waiting",
) -> None:
    """It could not be made: tried again at an instant. A link that is still good stays, unless the
    source pays for it no more (``outside``)."""
    row = _locked(link_id)
    if row is None:
        return
    is_good = row.state == "made" and (row.valid_until is None or row.valid_until > wall())
    if not is_good or state == "outside":
        row.state, row.url, row.valid_until = state, "", None
    row.attempts, row.last_error, row.due_at = attempts, dict(words), again_at
    row.save()


@transaction.atomic
def do_end(connection_id: UUID, link_id: UUID | None = None) -> int:
    """An account's links, or one, lead nobody any more; sales through them may still come."""
    rows = in_use(connection_id)
    if link_id is not None:
        rows = rows.filter(id=link_id)
    return rows.update(state="ended", due_at=None)


@transaction.atomic
def do_set_earner(connection_id: UUID, shop_id: UUID, earner_id: UUID | None) -> None:
    """An account became the platform's, or again its shop's alone: then links of other shops'
    goods lead nobody through it any more."""
    rows = PayingLink.objects.filter(connection_id=connection_id)
    if earner_id is not None:
        rows.exclude(product__shop_id=shop_id).update(state="ended", due_at=None)
    rows.update(earner_id=earner_id)


def _locked(link_id: UUID) -> PayingLink | None:
    row = PayingLink.objects.select_for_update(no_key=True).filter(id=link_id).first()
    return None if row is None or row.state == "ended" else row

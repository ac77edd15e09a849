"""What follows from how a source behaves and what it says. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, NamedTuple

from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.rules import (
    DEAREST_MINOR,
    LONGEST_TITLE,
    MOST_IMAGES,
    MOST_SKUS,
    MOST_TAGS,
    is_web_url,
)
from yellowcart.sources.connector import Can, Parcel, Setting
from yellowcart.sources.files.drafts import ProductDraft, Refusal, SkuDraft

#: Waits before an order is handed over again: seconds. After the last it is given back to the shop.
LADDER: Final = (5, 15, 60, 5 * 60, 15 * 60, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
#: Tokens are renewed so long before they expire, or after half their life where that is shorter.
RENEW_BEFORE: Final = timedelta(hours=2)
#: The same for links, so that a source that is in trouble for days loses none.
RENEW_LINK_BEFORE: Final = timedelta(days=5)

#: More of a variant than this is a slip or a lie.
MOST_PIECES: Final = 10**9
LONGEST_KEY: Final = 200
LONGEST_HTML: Final = 200_000


def next_try(attempts: int, at: datetime, asked_to_wait: float = 0) -> datetime | None:
    """When to try again after ``attempts`` failed ones; None where it is given up."""
    if attempts > len(LADDER):
        return None
    return at + timedelta(seconds=max(LADDER[attempts - 1], asked_to_wait))


def renew_at(expires_at: datetime | None, granted_at: datetime) -> datetime | None:
    """When to renew tokens."""
    if expires_at is None:
        return None
    return expires_at - min(RENEW_BEFORE, (expires_at - granted_at) / 2)


def renew_link_at(valid_until: datetime | None, made_at: datetime) -> datetime | None:
    """When to have a link made anew that its source keeps for a while; None: it keeps for ever."""
    if valid_until is None:
        return None
    return valid_until - min(RENEW_LINK_BEFORE, (valid_until - made_at) / 2)


def on_hand_of(available: int, taken: int) -> int:
    """Pieces that lie in the warehouse where a supplier has ``available`` to sell.

    ``taken`` are pieces of ours that the supplier has counted off already, because it took the
    order or was told of the sale, but that have not left: in our row they are promised, and must
    not be subtracted twice. Below 0 where more left than it was told of yet.
    """
    return max(min(max(available, 0), MOST_PIECES) + taken, 0)


class Learns(StrEnum):
    """How a store learns that goods of its were sold here."""

    BY_ORDER = "by_order"
    BY_CHANGE = "by_change"
    NOT = "not"


#: The first capability of a connector that stands here says how its store learns of our sales.
#: A store that takes the order counts the pieces off itself: telling it of a change as well would
#: take them twice. One that is sold from here and learns of nothing may sell the last piece too.
HOW_A_SALE_IS_TOLD: Final[tuple[tuple[Can, Learns], ...]] = (
    (Can.TAKE_ORDER, Learns.BY_ORDER),
    (Can.CHANGE_STOCK, Learns.BY_CHANGE),
)


def learns(can: Collection[Can]) -> Learns:
    """How a store whose connector can do so much learns of our sales."""
    return next((how for one, how in HOW_A_SALE_IS_TOLD if one in can), Learns.NOT)


class SoldLine(NamedTuple):
    """A line of ours: ``counted`` pieces the store has counted off, ``wanted`` it should have."""

    counted: int
    wanted: int


def to_tell(lines: Sequence[SoldLine], there: int) -> list[int]:
    """What the store will have counted off of each line after one change, ``there`` before it.

    Pieces that came back are given back first; of what was sold, the oldest lines first, no more
    is taken away than there is. The rest is told when there is more.
    """
    found = [min(line.counted, line.wanted) for line in lines]
    left = max(there, 0) + sum(line.counted for line in lines) - sum(found)
    for place, line in enumerate(lines):
        more = min(line.wanted - found[place], left)
        found[place] += more
        left -= more
    return found


def has_arrived(change: int, before: int, there: int) -> bool:
    """Whether a change whose answer was lost was done, told by what the store had and has.

    The store may have sold some in between, which looks like more taken away or less added; that
    it got new goods in just then is not thought of.
    """
    return there <= before + change if change < 0 else there > before


def is_later(said_at: datetime, *known_at: datetime | None) -> bool:
    """Whether a word counts beside the latest known ones: a late word undoes nothing."""
    return all(known is None or said_at >= known for known in known_at)


def masked(secret: str) -> str:
    """A secret as pages show it: its last four characters at most, none of a short one."""
    return "••••" + (secret[-4:] if len(secret) >= 12 else "")


def shown(settings: Mapping[str, str], fields: Sequence[Setting]) -> dict[str, str]:
    """What a page may show of the settings."""
    return {
        one.name: masked(settings[one.name]) if one.kind == "secret" else settings[one.name]
        for one in fields
        if settings.get(one.name)
    }


class Bad(NamedTuple):
    """A setting that can't be taken, and why."""

    name: str
    words: object


def cleaned(
    typed: Mapping[str, str], fields: Sequence[Setting]
) -> tuple[dict[str, str], list[Bad]]:
    """Typed settings, trimmed, and what is wrong with them."""
    found: dict[str, str] = {}
    bad: list[Bad] = []
    for one in fields:
        value = typed.get(one.name, "").strip()
        if not value:
            if one.required:
                bad.append(Bad(one.name, _("Fill this in.")))
            continue
        if len(value) > 4_000:
            bad.append(Bad(one.name, _("This is too long.")))
        elif one.kind == "url" and not is_web_url(value):
            bad.append(Bad(one.name, _("Write an address that starts with https://.")))
        found[one.name] = value.rstrip("/") if one.kind == "url" else value
    return found, bad


def sound(draft: ProductDraft) -> ProductDraft | Refusal:
    """A source's product as it can be kept, or why not. Whatever a source says is bounded here."""
    if not draft.key or len(draft.key) > LONGEST_KEY:
        return Refusal(draft.line, _("A product came without a usable id."))
    title = draft.title.strip()[:LONGEST_TITLE]
    if not title:
        return _refused(draft, _("%(key)s has no name."))
    skus = [_sound_sku(one) for one in draft.skus[:MOST_SKUS]]
    if not skus or len(draft.skus) > MOST_SKUS:
        return _refused(draft, _("%(key)s has no variant, or more than can be kept."))
    keys = {one.key for one in skus}
    if len(keys) != len(skus) or "" in keys or any(len(key) > LONGEST_KEY for key in keys):
        return _refused(draft, _("%(key)s has variants that can't be told apart."))
    if any(not 0 <= one.price_minor < DEAREST_MINOR for one in skus):
        return _refused(draft, _("%(key)s has a price that can't be right."))
    return replace(
        draft,
        title=_text(title),
        skus=tuple(skus),
        description_html=_text(draft.description_html[:LONGEST_HTML]),
        vendor=_text(draft.vendor[:200]),
        category=_text(draft.category[:300]),
        tags=tuple(_text(one[:100]) for one in draft.tags[:MOST_TAGS]),
        images=tuple(one for one in draft.images[:MOST_IMAGES] if is_web_url(one)),
        option_names=tuple(_text(one[:100]) for one in draft.option_names[:10]),
    )


def _sound_sku(sku: SkuDraft) -> SkuDraft:
    stock = None if sku.stock is None else min(max(sku.stock, 0), MOST_PIECES)
    sale = sku.sale_price_minor
    keeps_sale = sale is not None and 0 <= sale <= sku.price_minor
    backwards = (
        sku.sale_from is not None and sku.sale_until is not None and sku.sale_until <= sku.sale_from
    )
    if not keeps_sale or backwards:
        sku = replace(sku, sale_price_minor=None, sale_from=None, sale_until=None)
    return replace(
        sku,
        stock=stock,
        options=tuple(_text(one[:200]) for one in sku.options[:10]),
        code=_text(sku.code[:100]),
        barcode=_text(sku.barcode[:100]),
        weight_grams=min(max(sku.weight_grams, 0), 10**9),
        image_url=sku.image_url if is_web_url(sku.image_url) else "",
    )


def _text(words: str) -> str:
    # PostgreSQL keeps no NUL.
    return words.replace("\x00", "")


def _refused(draft: ProductDraft, words: object) -> Refusal:
    return Refusal(draft.line, words, {"key": draft.key[:60]})  # type: ignore[arg-type]


class Sent(NamedTuple):
    """One parcel's pieces by line number."""

    carrier: str
    tracking_no: str
    pieces: dict[int, int]


def parcel_marks(parcels: Sequence[Parcel]) -> list[str]:
    """What tells each parcel of an order apart from the others, told again and again in the same
    order: the supplier's own id of it; nothing where its number does; else its place among those
    without a number."""
    marks, nameless = [], 0
    for parcel in parcels:
        if parcel.key:
            marks.append(f"id:{parcel.key}"[:60])
        elif parcel.tracking_no.strip():
            marks.append("")
        else:
            nameless += 1
            marks.append(f"no:{nameless}")
    return marks


def pieces_sent(
    told: Mapping[str, int] | None, keys: Mapping[int, str], left: Mapping[int, int]
) -> dict[int, int]:
    """Which pieces of which line are in a parcel that the supplier told of by SKU key.

    ``keys`` are our lines' SKU keys, ``left`` what of them is still to be sent: no more than that
    is ever believed. None told is everything left.
    """
    if told is None:
        return {line_no: left[line_no] for line_no in keys if left.get(line_no)}
    rest = {key: max(count, 0) for key, count in told.items()}
    found: dict[int, int] = {}
    for line_no, key in sorted(keys.items()):
        count = min(rest.get(key, 0), left.get(line_no, 0))
        if count:
            found[line_no] = count
            rest[key] -= count
    return found


def percentile(values: Iterable[int], share: float) -> int | None:
    """The nearest-rank percentile; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    rank = max(-(-len(ordered) * int(share * 100) // 100), 1)
    return ordered[rank - 1]


Health = Literal["well", "troubled", "down"]


def health_of(breaker: str, share_failed: float) -> Health:
    """A connection's health in one word."""
    if breaker == "open":
        return "down"
    return "troubled" if breaker == "half_open" or share_failed > 0.1 else "well"


class Returned(NamedTuple):
    """Pieces of a line refunded since a supplier has it: not sent yet by then, and sent."""

    unsent: int
    sent: int


def returned_since(*, quantity: int, handed: int, dropped: int, refunded: int) -> Returned:
    """What of a line's refunds a supplier that was asked for ``handed`` pieces does not know of.

    Pieces that were dropped before it was asked it never heard of.
    """
    before = quantity - handed
    return Returned(max(dropped - before, 0), max(refunded - dropped, 0))


class Priced(NamedTuple):
    """A line of an order handed over: what its supplier asked for it, what it cost the buyer, and
    what of that the buyer has back. Minor units."""

    line_no: int
    supply_minor: int
    paid_minor: int
    refunded_minor: int


def due_to_buyer(given_minor: int, lines: Sequence[Priced]) -> dict[int, int]:
    """What a buyer should still get, by line, of what a supplier gave back in all.

    The supplier's refund is a part of what it asked; the buyer's the same part of what was paid,
    rounded down, less what went back already. It is taken of the lines in order, each as far as
    it goes. Less than a minor unit a line is rounding and nothing.
    """
    asked = sum(line.supply_minor for line in lines)
    paid = sum(line.paid_minor for line in lines)
    had = sum(line.refunded_minor for line in lines)
    if asked <= 0:
        return {}
    left = paid * min(given_minor, asked) // asked - had
    if left <= len(lines):
        return {}
    found: dict[int, int] = {}
    for line in lines:
        amount = min(left, max(line.paid_minor - line.refunded_minor, 0))
        if amount:
            found[line.line_no] = amount
            left -= amount
    return found

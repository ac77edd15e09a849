"""What a cart shows: one query for its rows, one pure function for what a viewer sees of a row.

Both planes use it, so that the page, the API, the socket and the jump-out cannot disagree. The
query yields one JSON object a listing; nothing in it depends on the clock, a language or a rule.
:func:`cart_item` adds those three: the verdict at this very instant, the price in force, words.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from yellowcart.catalog.rules import why_not_offerable
from yellowcart.core.instants import iso
from yellowcart.listings.facts import facts_of
from yellowcart.listings.prices import (
    SkuRow,
    changes_of,
    compare_at,
    money,
    sku_item,
    unit_price,
)
from yellowcart.listings.rules import REVEAL_AHEAD, hides_price, withholds_price
from yellowcart.pictures.rules import place_of
from yellowcart.policy.rules import Facts
from yellowcart.policy.verdicts import Verdict

#: As FIELD's closest published limit (TikTok LIVE Manager): products of one cart.
MOST_LISTINGS: Final = 100

#: Asks the rule table: ``table.verdict``.
Ask = Callable[[Facts, datetime], Verdict]


class LinkRow(msgspec.Struct, frozen=True):
    """A link of the product that pays (``models.PayingLink``). ``until`` is of the wall clock."""

    id: UUID
    url: str
    until: datetime | None = None


class CartRow(msgspec.Struct, frozen=True, kw_only=True):
    """One listing with its product and variants, as :data:`ROWS` yields it."""

    listing_id: UUID
    surface: str
    container_id: UUID
    shop_id: UUID
    shop_name: str
    shop_type: str
    shop_state: str
    creator_id: UUID | None
    product_id: UUID
    source: str
    source_en: str
    source_zh: str
    integration: str
    position: int
    state: str
    purchase_limit: int | None
    sale_from: datetime | None
    sale_until: datetime | None
    has_task: bool
    sold: int
    title: str
    image: str | None
    currency: str
    external_url: str
    review_state: str
    on_shelf: bool
    skus: list[SkuRow]
    held: bool = False
    hides_price: bool = False
    practice: bool = False
    links: list[LinkRow] | None = None

    @property
    def facts(self) -> Facts:
        """What a rule may look at."""
        return facts_of(self)

    @property
    def picture(self) -> str | None:
        """Where the product's first picture is found here."""
        return place_of(self.image) if self.image else None


_AVAILABLE = (
    "CASE WHEN l.integration = 'link' THEN NULL"
    " ELSE coalesce(st.on_hand - st.reserved - st.sold, 0) END"
)

#: The links by which buyers leave a listing, the one to prefer first: of the shop's own account
#: before the platform's, of the listing's creator before the product's. Never another shop's.
_LINKS = """CASE WHEN l.integration = 'link' THEN (
    SELECT jsonb_agg(jsonb_build_object('id', y.id, 'url', y.url, 'until', y.valid_until)
      ORDER BY y.earner_id IS NULL, y.creator_id IS NULL, y.made_at DESC, y.id)
    FROM listings_paying_link y
    WHERE y.product_id = l.product_id AND y.state = 'made'
      AND (y.creator_id IS NULL OR y.creator_id = l.creator_id)
      AND (y.earner_id IS NULL OR y.earner_id = l.shop_id)) END"""

#: One column ``item`` (JSON) a listing; add a WHERE that names ``l``.
ROWS: Final = f"""
SELECT l.position, l.id, jsonb_build_object(
  'listing_id', l.id, 'surface', l.surface, 'container_id', l.container_id,
  'shop_id', l.shop_id, 'shop_name', s.name, 'shop_type', l.shop_type, 'shop_state', s.state,
  'creator_id', l.creator_id, 'product_id', l.product_id, 'source', l.source,
  'source_en', coalesce(o.name_en, l.source), 'source_zh', coalesce(o.name_zh, l.source),
  'integration', l.integration, 'position', l.position, 'state', l.state,
  'purchase_limit', l.purchase_limit, 'sale_from', l.sale_from, 'sale_until', l.sale_until,
  'has_task', l.task_order <> '', 'held', l.held, 'hides_price', l.hides_price,
  'practice', l.surface = 'live_room'
    AND EXISTS (SELECT FROM live_room r WHERE r.id = l.container_id AND r.practice),
  'sold', coalesce(n.quantity, 0),
  'title', p.title, 'image', p.images->>0, 'currency', p.currency,
  'external_url', p.external_url, 'links', {_LINKS},
  'review_state', p.review_state, 'on_shelf', p.on_shelf,
  'skus', coalesce(k.skus, '[]'::jsonb)) AS item
FROM listings_listing l
JOIN catalog_product p ON p.id = l.product_id
JOIN shops_shop s ON s.id = l.shop_id
LEFT JOIN sources_source o ON o.code = l.source
LEFT JOIN listings_sold n ON n.listing_id = l.id
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object(
    'sku_id', k.id, 'options', k.options, 'price', k.price_minor,
    'compare_at', k.compare_at_minor, 'sale_price', k.sale_price_minor,
    'sale_from', k.sale_from, 'sale_until', k.sale_until, 'available', {_AVAILABLE},
    'specials', coalesce(x.specials, '[]'::jsonb), 'deposit', d.deposit_minor,
    'balance_from', d.balance_from, 'balance_until', d.balance_until
    ) ORDER BY k.position, k.id) AS skus
  FROM catalog_sku k
  LEFT JOIN inventory_stock st
    ON st.shop_id = k.stock_shop_id AND st.sku_id = k.stock_sku_id
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('id', p.id, 'price', p.price_minor,
      'fans_only', p.fans_only, 'starts_at', p.starts_at, 'ends_at', p.ends_at,
      'left', p.allocation - p.taken, 'flash', p.flash)) AS specials
    FROM listings_special_price p
    WHERE p.listing_id = l.id AND p.sku_id = k.id AND p.ended_at IS NULL) x ON true
  LEFT JOIN listings_presale_terms d
    ON d.shop_id = l.shop_id AND d.listing_id = l.id AND d.sku_id = k.id
  WHERE k.product_id = l.product_id AND k.active) k ON true
"""  # noqa: S608  put together from constants

#: The cart of ``%(container)s`` on ``%(surface)s``, in order.
OF_CONTAINER: Final = ROWS + (
    " WHERE l.surface = %(surface)s AND l.container_id = %(container)s"
    " AND l.state IN ('mounted', 'barred') ORDER BY l.position, l.id"
)

#: The listings ``%(ids)s``, whatever their state.
BY_IDS: Final = ROWS + " WHERE l.id = ANY(%(ids)s)"

_decoder: Final = msgspec.json.Decoder(CartRow)


def decode_row(text: str | bytes) -> CartRow:
    """A row from the query's JSON."""
    return _decoder.decode(text)


def permitted(row: CartRow, verdict: Verdict) -> bool:
    """Whether the verdict lets this listing be offered, its task order considered."""
    return verdict.permits(has_task=row.has_task)


def sellable(row: CartRow) -> bool:
    """Whether product and shop let it be sold, whatever the listing's window; never in a room
    that is for practice."""
    return (
        not row.practice
        and why_not_offerable(row.review_state, row.on_shelf, row.shop_state) is None
    )


def on_sale(row: CartRow, at: datetime) -> bool:
    """Whether product, shop and the listing's own window ``[from, until)`` let it be sold."""
    return (
        sellable(row)
        and not row.held
        and (row.sale_from is None or row.sale_from <= at)
        and (row.sale_until is None or at < row.sale_until)
    )


def cart_item(
    row: CartRow, ask: Ask, at: datetime, language: str, *, priced: bool = False
) -> dict[str, Any]:
    """What a viewer sees of a listing at an instant, in a language.

    ``state`` is ``barred`` wherever the verdict of that instant does not permit it, whatever the
    stored state says; ``on_sale`` says whether product, shop and sale window let it be sold.
    ``next_verdict`` follows at ``verdict.until``, so that a page can flip at that instant by
    itself. ``unit_price`` is what one piece costs everybody, in minor units of
    ``price.currency``; fans may have it for less (:func:`listings.prices.sku_item`).
    ``available`` is what is in stock, null where that is not ours to know.

    It is on sale from ``sale_from`` on where ``sellable`` and not ``held``. While
    ``price_hidden`` pages show no price; until shortly before the sale they are told none, and
    no variants, unless ``priced``.
    """
    verdict = ask(row.facts, at)
    following = ask(row.facts, verdict.until) if verdict.until else None
    offered = permitted(row, verdict)
    withheld = not priced and withholds_price(row.hides_price, row.held, row.sale_from, at)
    told = [] if withheld else row.skus
    skus = [sku_item(sku, row.currency, at, language) for sku in told]
    counts = [sku["available"] for sku in skus if sku["available"] is not None]
    cheapest = min(told, key=lambda sku: unit_price(sku, at), default=None)
    return {
        "listing_id": row.listing_id,
        "product_id": row.product_id,
        "shop": {"id": row.shop_id, "name": row.shop_name},
        "position": row.position,
        "title": row.title,
        "image": row.picture,
        "source": row.source,
        "source_name": row.source_zh if language.startswith("zh") else row.source_en,
        "integration": row.integration,
        "state": "mounted" if offered else "barred",
        "creator_id": row.creator_id,
        "price": money(unit_price(cheapest, at), row.currency, language) if cheapest else None,
        "compare_at": compare_at(cheapest, row.currency, at, language) if cheapest else None,
        "skus": skus,
        "purchase_limit": row.purchase_limit,
        "on_sale": on_sale(row, at) and not (skus and all(sku["deposits_over"] for sku in skus)),
        "sellable": sellable(row),
        "held": row.held,
        "price_hidden": hides_price(row.hides_price, row.held, row.sale_from, at),
        "sale_from": iso(row.sale_from) if row.sale_from else None,
        "sale_until": iso(row.sale_until) if row.sale_until else None,
        "available": sum(counts) if counts or not (withheld or row.integration == "link") else None,
        "jump_url": f"/go/{row.listing_id}" if row.integration == "link" and offered else None,
        "sold": row.sold,
        "verdict": verdict.as_json(language),
        "next_verdict": (
            {**following.as_json(language), "permitted": permitted(row, following)}
            if following
            else None
        ),
    }


def holds_until(row: CartRow, ask: Ask, at: datetime) -> datetime | None:
    """The first instant after ``at`` at which :func:`cart_item` may say something else."""
    instants = [ask(row.facts, at).until, row.sale_from, row.sale_until]
    if row.hides_price and row.sale_from is not None:
        instants.append(row.sale_from - REVEAL_AHEAD)
    for sku in row.skus:
        instants += changes_of(sku, at)[:1]
    return min((i for i in instants if i is not None and i > at), default=None)

"""Medusa (version 2, from 2.12.1 on): its Admin API, REST under ``/admin``.

Signed in by HTTP Basic with a secret API key (``sk_…``) as the name and no password. Lists are
asked by ``limit`` and ``offset`` and answer with their ``count``; ``fields`` adds relations with
``*``. Money is a number in major units since version 2, and a variant has prices in any currencies,
some of them for some customers or many pieces only.

| capability | how |
|---|---|
| fetch an item | ``products/ID``; keys are the ids of product and variant |
| list the catalogue | ``products``, published ones, by id |
| follow stock and price | ``products`` with the levels of all stock locations, all of them: |
| | stock is kept apart from products, whose ``updated_at`` says nothing of it |
| take an order | a draft order with our reference in its ``metadata``, converted to an order |
| receive webhooks | no: Medusa tells its own subscribers only, which are code in the server |
| authorise, convert links, report conversions | no |
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import quote

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.core.fetching import Answer
from yellowcart.sources.connector import (
    Can,
    Connector,
    Level,
    Page,
    Progress,
    Setting,
    SourceError,
    Store,
    SupplyOrder,
    every,
)
from yellowcart.sources.connectors.answers import address_of, shaped, told
from yellowcart.sources.connectors.medusa_shapes import (
    ORDER_FIELDS,
    PRODUCT_FIELDS,
    FoundOrder,
    Named,
    Region,
    item_of,
)
from yellowcart.sources.files.drafts import Item, ProductDraft

SOURCE: Final = "medusa"
PRODUCTS_A_PAGE: Final = 20
ORDERS_A_PAGE: Final = 100
REFERENCE: Final = "yellowcart_reference"
#: How long before we placed an order the shop's clock may say that it was made.
CLOCKS_APART: Final = timedelta(hours=1)


class Medusa(Connector):
    """A Medusa server, through its Admin API."""

    source = SOURCE
    name: ClassVar[str | Promise] = "Medusa"
    can = frozenset({Can.FETCH_ITEM, Can.LIST_CATALOGUE, Can.FOLLOW_STOCK, Can.TAKE_ORDER})
    settings = (
        Setting(
            "url", _("Address of the Medusa server, as in https://api.shop.example"), kind="url"
        ),
        Setting(
            "api_key",
            _("Secret API key"),
            _("Settings → Secret API Keys in Medusa."),
            kind="secret",
        ),
        Setting(
            "region",
            _("Id of the region that we order in"),
            _("As in reg_…; it is in the address of the region's page."),
        ),
        Setting(
            "shipping_option",
            _("Id of the shipping option for our orders"),
            _("As in so_…; it is in the address of the option's page."),
        ),
        Setting("email", _("E-mail address under which our orders are booked there")),
        Setting(
            "sales_channel",
            _("Id of the sales channel for our orders"),
            _("As in sc_…; the store's default one without one."),
            required=False,
        ),
        Setting(
            "country",
            _("Country that parcels go to, in two letters"),
            _("CN without one."),
            required=False,
        ),
    )
    by_hand = _(
        "Open the order in Medusa's admin: choose Edit for pieces that were not sent, and Create"
        " Return for those that were."
    )
    documentation = "https://docs.medusajs.com/api/admin"
    #: A server that is slow may go on after we gave up waiting.
    settles_seconds: ClassVar[int] = 120

    def check(self, store: Store) -> str:
        """The store's name; its region's currency must be the shop's."""
        _same_currency(store, self._region(store).currency_code)
        found = told(SOURCE, self._call(store, "GET", "stores"), _Stores)
        return (found.stores[0].name[:200] if found.stores else "") or SOURCE

    def item(self, store: Store, key: str) -> Item | None:
        """``products/ID``."""
        answer = self._call(store, "GET", f"products/{_part(key)}", {"fields": PRODUCT_FIELDS})
        if answer.status == 404:
            return None
        return item_of(told(SOURCE, answer, _Product).product, 1, store.currency)

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """``products``, twenty at a time, each with all its variants."""
        offset = int(cursor) if cursor.isdecimal() else 0
        wish = {"status[]": "published", "order": "id", "fields": PRODUCT_FIELDS}
        paging = {"limit": str(PRODUCTS_A_PAGE), "offset": str(offset)}
        found = told(SOURCE, self._call(store, "GET", "products", {**wish, **paging}), _Products)
        rows = [
            item_of(one, line, store.currency)
            for line, one in enumerate(found.products, start=offset + 1)
        ]
        following = offset + PRODUCTS_A_PAGE
        more = bool(rows) and following < found.count
        return Page(rows, str(following) if more else "", found.count)

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """Stock and price of all that is published; ``since`` can't be asked for."""
        at, page = clock.now(), self.catalogue(store, cursor)
        rows = [
            Level(one.key, sku.key, sku.stock, sku.price_minor, at)
            for one in page.rows
            if isinstance(one, ProductDraft)
            for sku in one.skus
            if sku.stock is not None
        ]
        return Page(rows, page.cursor)

    def place(self, store: Store, order: SupplyOrder) -> Progress:
        """A draft order that carries our reference, made an order, unless there is one already.

        Medusa reserves the pieces when the draft is made an order: a draft that was left half-done
        holds nothing. It knows no reference of its own, so two calls at once may both find nothing
        and make a draft. Each looks again after it made one, and all go on with the earliest.
        """
        made = self._ours(store, "orders", order)
        if not made:
            drafts = self._ours(store, "draft-orders", order)
            if not drafts:
                own = self._draft(store, order)
                drafts = self._ours(store, "draft-orders", order) or [own]
                made = self._ours(store, "orders", order)
            if not made:
                made = self._converted(store, order, drafts[0])
            for draft in drafts:
                if draft != made[0]:
                    self._drop(store, draft)
        return self._first(store, made)

    def find(self, store: Store, order: SupplyOrder) -> Progress | None:
        """Orders since ours was placed, by our reference in their ``metadata``. A draft that was
        left half-done is deleted, so that nobody makes an order of it."""
        made = self._ours(store, "orders", order)
        if made:
            return self._first(store, made)
        for draft in self._ours(store, "draft-orders", order):
            self._drop(store, draft)
        made = self._ours(store, "orders", order)
        return self._first(store, made) if made else None

    def _first(self, store: Store, made: Sequence[str]) -> Progress:
        """How far the earliest is. Two may have made orders at the same moment: both keep it."""
        for other in made[1:]:
            self.cancel(store, other, "")
        return self.progress(store, made[0])

    def _converted(self, store: Store, order: SupplyOrder, draft: str) -> list[str]:
        """Make a draft an order; the orders that carry our reference then. One that Medusa refuses
        is deleted, unless somebody else made it an order."""
        try:
            answer = self._call(store, "POST", f"draft-orders/{_part(draft)}/convert-to-order")
            told(SOURCE, answer, dict[str, Any])
        except SourceError as error:
            if error.again:
                raise
            made = self._ours(store, "orders", order)
            if not made:
                self._drop(store, draft)
                raise
            return made
        return self._ours(store, "orders", order) or [draft]

    def _drop(self, store: Store, draft: str) -> None:
        with suppress(SourceError):
            gone = self._call(store, "DELETE", f"draft-orders/{_part(draft)}")
            told(SOURCE, gone, dict[str, Any])

    def progress(self, store: Store, external_id: str) -> Progress:
        """``orders/ID``."""
        path = f"orders/{_part(external_id)}"
        answer = self._call(store, "GET", path, {"fields": ORDER_FIELDS})
        found = told(SOURCE, answer, _Order).order
        _same_currency(store, found.currency_code)
        try:
            return found.progress()
        except (ValueError, OverflowError) as error:
            raise SourceError(SOURCE, f"not as documented: {error}", code="malformed") from error

    def cancel(self, store: Store, external_id: str, reason: str) -> Progress:
        """``orders/ID/cancel``, unless some of it is on its way. It takes no reason.

        Medusa refuses while a fulfilment that was begun is not cancelled there.
        """
        before = self.progress(store, external_id)
        if before.state != "taken":
            return before
        answer = self._call(store, "POST", f"orders/{_part(external_id)}/cancel")
        told(SOURCE, answer, dict[str, Any])
        return self.progress(store, external_id)

    def _draft(self, store: Store, order: SupplyOrder) -> str:
        """A new draft order at the shop's own prices; its id, which the order will keep."""
        to = address_of(order.ship_to, store.settings.get("country", ""))
        address = {
            "first_name": to.name,
            "last_name": "",
            "address_1": to.street,
            "city": to.city,
            "province": to.province,
            "postal_code": to.postcode,
            "country_code": to.country.lower(),
            "phone": to.phone,
        }
        shipping = {
            "name": "Yellowcart",
            "shipping_option_id": store.settings["shipping_option"],
            "amount": 0,
        }
        wish = {
            "region_id": store.settings["region"],
            "currency_code": order.currency.lower(),
            "email": store.settings["email"],
            "shipping_address": address,
            "billing_address": address,
            "items": [
                {"variant_id": line.sku_key, "quantity": line.quantity} for line in order.lines
            ],
            "shipping_methods": [shipping],
            "metadata": {REFERENCE: order.reference, "note": to.note},
        }
        if store.settings.get("sales_channel"):
            wish["sales_channel_id"] = store.settings["sales_channel"]
        answer = self._call(store, "POST", "draft-orders", {"fields": "id"}, wish)
        return told(SOURCE, answer, _Draft).draft_order.id

    def _ours(self, store: Store, path: str, order: SupplyOrder) -> list[str]:
        """The ids of those that have our reference among what was made since we placed ours, the
        earliest first; cancelled ones only where there are no others."""
        after = (order.placed_at or clock.now() - timedelta(days=30)) - CLOCKS_APART
        found = []
        for one in every(self._made(store, path)):
            if one.created_at < after:
                break
            if (one.metadata or {}).get(REFERENCE) == order.reference:
                found.append(one)
        found.sort(key=lambda one: (one.status == "canceled", one.created_at, one.id))
        kept = [one.id for one in found if one.status != "canceled"]
        return kept or [one.id for one in found[:1]]

    def _made(self, store: Store, path: str) -> Callable[[str], Page["_Made"]]:
        """Pages of orders or of drafts, latest first: drafts can't be asked since an instant."""
        rows_of = {"orders": "orders", "draft-orders": "draft_orders"}[path]

        def page(cursor: str) -> Page[_Made]:
            offset = int(cursor or "0")
            wish = {"fields": "id,status,created_at,metadata", "order": "-created_at"}
            paging = {"limit": str(ORDERS_A_PAGE), "offset": str(offset)}
            answer = self._call(store, "GET", path, {**wish, **paging})
            found = told(SOURCE, answer, dict[str, Any])
            rows = shaped(SOURCE, found.get(rows_of), tuple[_Made, ...])
            count = shaped(SOURCE, found.get("count"), int)
            following = offset + ORDERS_A_PAGE
            return Page(rows, str(following) if rows and following < count else "")

        return page

    def _region(self, store: Store) -> Region:
        path = f"regions/{_part(store.settings['region'])}"
        return told(SOURCE, self._call(store, "GET", path), _Regions).region

    def _call(
        self,
        store: Store,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> Answer:
        known = f"{store.settings['api_key']}:".encode()
        return store.caller.call(
            method,
            f"{store.settings['url'].rstrip('/')}/admin/{path}",
            params=params,
            json=json,
            headers={"Authorization": "Basic " + base64.b64encode(known).decode()},
        )


class _Stores(msgspec.Struct):
    stores: tuple[Named, ...]


class _Regions(msgspec.Struct):
    region: Region


class _Product(msgspec.Struct):
    product: dict[str, Any]


class _Products(msgspec.Struct):
    products: tuple[Any, ...]
    count: int


class _Order(msgspec.Struct):
    order: FoundOrder


class _Id(msgspec.Struct):
    id: str


class _Draft(msgspec.Struct):
    draft_order: _Id


class _Made(msgspec.Struct):
    id: str
    created_at: Annotated[datetime, msgspec.Meta(tz=True)]
    status: str = ""
    metadata: dict[str, Any] | None = None


def _part(key: str) -> str:
    return quote(key, safe="")


def _same_currency(store: Store, currency: str) -> None:
    if currency.upper() != store.currency:
        raise SourceError(
            SOURCE, f"prices in {currency.upper()}, the shop's are in {store.currency}"
        )

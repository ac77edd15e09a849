"""Shopify: product links, the Admin GraphQL API (version 2026-10) and its webhooks.

An app of the merchant's own (Dev Dashboard) gets a token for its client id and secret by the
client credentials grant; it lasts a day. What a call costs is counted in points: each answer says
under ``extensions.cost`` how many are left and how fast they come back; a call for which there are
too few answers ``THROTTLED``. Money is a decimal text in the shop's currency.

| capability | how |
|---|---|
| fetch an item | ``productByIdentifier``; keys are handle and variant title, as in an export |
| list the catalogue | ``products``, active ones, by cursor |
| follow stock and price | ``productVariants``, all of them: stock moves no ``updated_at`` |
| take an order | ``orderCreate``, found again by ``source_identifier``; ``orderCancel`` |
| send fewer | an order edit that sets how many are left; no money is moved |
| receive webhooks | ``products/*``, ``inventory_levels/*``, ``orders/*``, ``fulfillments/*`` |
| authorise, convert links, report conversions | no |
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import unquote

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.sources.connector import (
    Can,
    Connector,
    Delivery,
    Grant,
    Happening,
    Level,
    Page,
    Progress,
    Setting,
    SourceError,
    Store,
    SupplyChange,
    SupplyOrder,
)
from yellowcart.sources.connectors.answers import address_of, decimal_of, minor_of, shaped, told
from yellowcart.sources.connectors.calling import LONGEST_SLEEP, TRIES, AskedToWaitError
from yellowcart.sources.connectors.shopify_shapes import (
    CANCEL,
    CREATE,
    EDIT,
    EDIT_COMMIT,
    EDIT_QUANTITY,
    LEVELS,
    MORE_VARIANTS,
    ORDER,
    ORDER_BY_REFERENCE,
    ORDER_LINES,
    PRODUCT,
    PRODUCTS,
    SHOP,
    Edited,
    Order,
    Product,
    Rows,
    Shop,
    StockedVariant,
    Variant,
    Variants,
    draft_of,
    progress_of,
)
from yellowcart.sources.connectors.signing import hmac_base64, same
from yellowcart.sources.files.drafts import Item, Refusal
from yellowcart.sources.recognition import Link, Recognition

SOURCE: Final = "shopify"
VERSION: Final = "2026-10"
_ORDER_ID: Final = "gid://shopify/Order/"

_PRODUCT = re.compile(
    r"(?:/[a-z]{2}(?:-[a-z]{2})?)?(?:/collections/[^/]+)?/products/([^/]+)/?\Z", re.IGNORECASE
)
_ADMIN = re.compile(r"/store/[^/]+/products/(\d+)")


def recognise_link(link: Link) -> Recognition | None:
    """A product page in the shape of Shopify's, or ``None``.

    Shops have their own domains, so on a foreign one the path alone speaks, and softly.
    """
    ours = link.under("myshopify.com", "shopify.com")
    match = _PRODUCT.match(link.path) or _ADMIN.match(link.path)
    if match is None:
        return _page(link) if ours else None
    return Recognition(
        source=SOURCE,
        confidence=0.95 if ours else 0.4,
        why=(
            _("A Shopify product page.")
            if ours
            else _("The address has the shape of a Shopify product page on a shop's own domain.")
        ),
        external_id=unquote(match.group(1), errors="replace").replace("\x00", ""),
        url=link.url,
    )


def _page(link: Link) -> Recognition:
    return Recognition(
        source=SOURCE,
        confidence=0.5,
        why=_("A page of Shopify, but not one product's."),
        url=link.url,
    )


def sign_webhook(body: bytes, secret: str) -> str:
    """The ``X-Shopify-Hmac-SHA256`` of a raw body: base64 of HMAC-SHA256."""
    return hmac_base64(secret.encode(), body)


def verify_webhook(body: bytes, secret: str, signature: str) -> bool:
    """Whether Shopify signed this raw body; compared in constant time."""
    return same(sign_webhook(body, secret), signature)


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int


class _Throttle(msgspec.Struct, rename="camel", frozen=True):
    currently_available: float
    restore_rate: float


class _Cost(msgspec.Struct, rename="camel", frozen=True):
    requested_query_cost: float = 0
    throttle_status: _Throttle | None = None

    def wait(self) -> float:
        """Seconds until the same call has points enough."""
        left = self.throttle_status
        if left is None or left.restore_rate <= 0:
            return 0.0
        return max(0.0, (self.requested_query_cost - left.currently_available) / left.restore_rate)


class _Extensions(msgspec.Struct, frozen=True):
    cost: _Cost = _Cost()


class _Answer(msgspec.Struct, frozen=True):
    data: dict[str, Any] | None = None
    errors: Any = ()
    extensions: _Extensions = _Extensions()


class Shopify(Connector):
    """A Shopify store, through its Admin GraphQL API."""

    source = SOURCE
    name: ClassVar[str | Promise] = "Shopify"
    can = frozenset(
        {
            Can.FETCH_ITEM,
            Can.LIST_CATALOGUE,
            Can.FOLLOW_STOCK,
            Can.TAKE_ORDER,
            Can.REDUCE_ORDER,
            Can.RECEIVE_WEBHOOKS,
        }
    )
    settings = (
        Setting("url", _("Address of the store, as in https://name.myshopify.com"), kind="url"),
        Setting("client_id", _("Client ID"), _("Of your own app, in Shopify's Dev Dashboard.")),
        Setting("client_secret", _("Client secret"), kind="secret"),
        Setting(
            "country",
            _("Country that parcels go to, in two letters"),
            _("CN without one."),
            required=False,
        ),
    )
    by_hand = _(
        "Open the order in Shopify's admin: choose Refund for pieces that were not sent, and Return"
        " for those that were."
    )
    documentation = "https://shopify.dev/docs/api/admin-graphql"
    #: How soon a new order can be found is not documented.
    settles_seconds: ClassVar[int] = 60

    def check(self, store: Store) -> str:
        """The store's name; its currency must be the shop's."""
        return _shop(store, self._ask(store, SHOP, {})).name

    def renew(self, store: Store) -> Grant:
        """A token for client id and secret; there is no refresh token, and no person is needed."""
        form = {
            "grant_type": "client_credentials",
            "client_id": store.settings["client_id"],
            "client_secret": store.settings["client_secret"],
        }
        answer = store.caller.post(f"{_base(store)}/admin/oauth/access_token", form=form)
        if answer.status == 400:
            raise SourceError(
                SOURCE, "client id or secret is wrong, or the app not installed", reauthorise=True
            )
        found = told(SOURCE, answer, _Token)
        return Grant(
            found.access_token, expires_at=clock.wall() + timedelta(seconds=found.expires_in)
        )

    def item(self, store: Store, key: str) -> Item | None:
        """``productByIdentifier`` by handle."""
        found = self._ask(store, PRODUCT, {"handle": key})
        _shop(store, found)
        raw = found["productByIdentifier"]
        return None if raw is None else self._item(store, raw, 1)

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """``products``, ten at a time with all their variants."""
        found = self._ask(store, PRODUCTS, {"after": cursor or None})
        _shop(store, found)
        rows = shaped(SOURCE, found["products"], Rows)
        items = [self._item(store, raw, line) for line, raw in enumerate(rows.nodes, start=1)]
        return Page(items, rows.page_info.cursor)

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """``productVariants``; ``since`` can't be asked for, so all of them."""
        at, found = clock.now(), self._ask(store, LEVELS, {"after": cursor or None})
        _shop(store, found)
        rows = shaped(SOURCE, found["productVariants"], Rows)
        variants = [shaped(SOURCE, raw, StockedVariant) for raw in rows.nodes]
        levels = [
            Level(one.product.handle, one.title, max(0, one.inventory_quantity), price, at)
            for one in variants
            if one.inventory_item.tracked and one.inventory_quantity is not None
            for price in _prices(one.price, store.currency)
        ]
        return Page(levels, rows.page_info.cursor)

    def place(self, store: Store, order: SupplyOrder) -> Progress:
        """``orderCreate`` with our reference as its source identifier, unless it is there."""
        known = self.find(store, order)
        if known is not None:
            return known
        to = address_of(order.ship_to, store.settings.get("country", ""))
        wish = {
            "currency": order.currency,
            "sourceIdentifier": order.reference,
            "sourceName": "yellowcart",
            "financialStatus": "PAID",
            "note": to.note,
            "lineItems": list(self._lines(store, order)),
            "shippingAddress": {
                "lastName": to.name,
                "address1": to.street,
                "city": to.city,
                "province": to.province,
                "zip": to.postcode,
                "countryCode": to.country,
                "phone": to.phone,
            },
        }
        options = {"inventoryBehaviour": "DECREMENT_OBEYING_POLICY", "sendReceipt": False}
        made = self._ask(store, CREATE, {"order": wish, "options": options})["orderCreate"]
        _check_user_errors(made.get("userErrors"))
        return progress_of(shaped(SOURCE, made.get("order"), Order))

    def find(self, store: Store, order: SupplyOrder) -> Progress | None:
        """``orders`` by their source identifier."""
        query = f"source_identifier:{order.reference}"
        known = self._ask(store, ORDER_BY_REFERENCE, {"query": query})
        for raw in shaped(SOURCE, known["orders"], Rows).nodes:
            return progress_of(shaped(SOURCE, raw, Order))
        return None

    def progress(self, store: Store, external_id: str) -> Progress:
        """``order`` by id."""
        raw = self._ask(store, ORDER, {"id": external_id})["order"]
        if raw is None:
            raise SourceError(SOURCE, f"there is no order {external_id}", code="unknown_order")
        return progress_of(shaped(SOURCE, raw, Order))

    def cancel(self, store: Store, external_id: str, reason: str) -> Progress:
        """``orderCancel`` with its stock given back, unless something is on its way."""
        before = self.progress(store, external_id)
        if before.state != "taken":
            return before
        made = self._ask(store, CANCEL, {"id": external_id, "note": reason[:255]})["orderCancel"]
        _check_user_errors(made.get("orderCancelUserErrors"))
        # Shopify cancels in a job of its own, which nothing else comes before.
        return Progress(external_id, "cancelled", (), before.refunded_minor, reason)

    def reduce(self, store: Store, external_id: str, change: SupplyChange) -> Progress:
        """An order edit that sets what is left of each line, of an order of which nothing is sent.

        How many are left and not how many go: done again it changes nothing, and what the shop
        removed itself is not removed twice. An edit that is not committed is none.
        """
        raw = self._ask(store, ORDER_LINES, {"id": external_id})["order"]
        if raw is None:
            raise SourceError(SOURCE, f"there is no order {external_id}", code="unknown_order")
        found = shaped(SOURCE, raw, Order)
        before = progress_of(found)
        if before.state != "taken":
            raise SourceError(SOURCE, f"order {external_id} is {before.state}", code="not_open")
        left: dict[tuple[str, str], int] = {}
        for line in change.lines:
            key = line.product_key, line.sku_key
            own = next((one for one in found.line_items.nodes if one.is_of(*key)), None)
            if own is None:
                raise SourceError(
                    SOURCE, f"order {external_id} has no {line.sku_key}", code="unknown_sku"
                )
            if own.current_quantity > own.quantity - line.in_all:
                left[key] = max(own.quantity - line.in_all, 0)
        if left:
            self._edit(store, external_id, left, f"{change.reason} {change.reference}")
        return self.progress(store, external_id)

    def _edit(
        self, store: Store, external_id: str, left: Mapping[tuple[str, str], int], note: str
    ) -> None:
        begun = self._done(store, EDIT, "orderEditBegin", {"id": external_id})
        edited = shaped(SOURCE, begun.get("calculatedOrder"), Edited)
        for key, quantity in left.items():
            line = next((one for one in edited.line_items.nodes if one.is_of(*key)), None)
            if line is None:
                raise SourceError(SOURCE, f"{key[1]} can't be edited", code="not_open")
            wish = {"id": edited.id, "line": line.id, "quantity": quantity}
            self._done(store, EDIT_QUANTITY, "orderEditSetQuantity", wish)
        self._done(
            store, EDIT_COMMIT, "orderEditCommit", {"id": edited.id, "note": note.strip()[:255]}
        )

    def _done(
        self, store: Store, mutation: str, name: str, variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        made: dict[str, Any] = self._ask(store, mutation, variables)[name]
        _check_user_errors(made.get("userErrors"))
        return made

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        """A hint of what changed, signed with the app's client secret."""
        webhook_id = headers.get("x-shopify-webhook-id", "")
        signature = headers.get("x-shopify-hmac-sha256", "")
        if not webhook_id or not verify_webhook(body, store.settings["client_secret"], signature):
            return None
        topic = headers.get("x-shopify-topic", "")
        try:
            found = msgspec.json.decode(body, type=_Hint)
        except msgspec.DecodeError as error:
            raise SourceError(SOURCE, f"not as documented: {error}") from error
        return Delivery(webhook_id[:200], [found.happening(topic)])

    def _item(self, store: Store, raw: Any, line: int) -> Item:
        try:
            found = msgspec.convert(raw, Product, strict=False)
            if found.is_gift_card:
                return Refusal(line, _("Gift cards can't be sold here."))
            return draft_of(found, self._variants(store, found), line, store.currency)
        except (msgspec.ValidationError, ValueError) as error:
            return Refusal(
                line, _("A product is not as documented: %(why)s"), {"why": str(error)[:200]}
            )

    def _variants(self, store: Store, found: Product) -> list[Variant]:
        rows, page = list(found.variants.nodes), found.variants.page_info
        while page.cursor:
            wish = {"handle": found.handle, "after": page.cursor}
            more = self._ask(store, MORE_VARIANTS, wish)["productByIdentifier"]
            part = shaped(SOURCE, (more or {}).get("variants"), Variants)
            rows, page = rows + list(part.nodes), part.page_info
        return rows

    def _lines(self, store: Store, order: SupplyOrder) -> Iterator[dict[str, Any]]:
        """Lines by variant id, which our keys are not; at the price agreed when it was sold."""
        known: dict[str, dict[str, str]] = {}
        for line in order.lines:
            handle = line.product_key
            if handle not in known:
                raw = self._ask(store, PRODUCT, {"handle": handle})["productByIdentifier"]
                product = shaped(SOURCE, raw, Product) if raw is not None else None
                variants = self._variants(store, product) if product is not None else []
                known[handle] = {one.title: one.id for one in variants}
            variant = known[handle].get(line.sku_key)
            if variant is None:
                raise SourceError(
                    SOURCE, f"{handle} has no variant {line.sku_key}", code="unknown_sku"
                )
            amount = decimal_of(line.unit_minor, order.currency)
            money = {"amount": amount, "currencyCode": order.currency}
            yield {
                "variantId": variant,
                "quantity": line.quantity,
                "priceSet": {"shopMoney": money},
            }

    def _ask(self, store: Store, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """One call; made again once there are points enough, where that is soon."""
        token = (store.grant or self.renew(store)).access_token
        url = f"{_base(store)}/admin/api/{VERSION}/graphql.json"
        caller, wait = store.caller, 0.0
        for _try in range(TRIES):
            answer = caller.post(
                url,
                {"query": query, "variables": variables},
                headers={"X-Shopify-Access-Token": token},
            )
            found = told(SOURCE, answer, _Answer)
            wait = found.extensions.cost.wait()
            if not _throttled(found.errors):
                if found.errors or found.data is None:
                    raise _refusal(found.errors)
                return found.data
            wait = wait or 1.0
            caller.pace.hold(caller.clock() + wait)
            if wait > LONGEST_SLEEP:
                break
        raise AskedToWaitError(wait)


class _Hint(msgspec.Struct, frozen=True):
    id: int = 0
    handle: str = ""
    order_id: int = 0

    def happening(self, topic: str) -> Happening:
        resource, _slash, event = topic.partition("/")
        if resource == "products" and event != "delete":
            return Happening("product", self.handle)
        if resource == "inventory_levels":
            return Happening("stock")
        if resource in {"orders", "fulfillments"}:
            order = self.id if resource == "orders" else self.order_id
            return Happening("order", f"{_ORDER_ID}{order}")
        return Happening("access" if topic == "app/uninstalled" else "other", topic[:100])


def _base(store: Store) -> str:
    return store.settings["url"].rstrip("/")


def _shop(store: Store, answer: Mapping[str, Any]) -> Shop:
    shop = shaped(SOURCE, answer.get("shop"), Shop)
    if shop.currency_code != store.currency:
        raise SourceError(
            SOURCE, f"prices in {shop.currency_code}, the shop's are in {store.currency}"
        )
    return shop


def _throttled(errors: Any) -> bool:
    return isinstance(errors, Sequence) and any(
        isinstance(one, Mapping) and (one.get("extensions") or {}).get("code") == "THROTTLED"
        for one in errors
    )


def _refusal(errors: Any) -> SourceError:
    first = errors[0] if isinstance(errors, Sequence) and errors else errors
    words = first.get("message") if isinstance(first, Mapping) else first
    return SourceError(SOURCE, str(words or "an answer without data")[:300])


def _check_user_errors(errors: Any) -> None:
    if errors:
        raise SourceError(SOURCE, str(errors[0].get("message", ""))[:300], code="user_error")


def _prices(text: str, currency: str) -> tuple[int | None]:
    try:
        return (minor_of(text, currency),)
    except ValueError:
        return (None,)

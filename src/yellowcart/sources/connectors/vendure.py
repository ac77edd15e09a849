"""Vendure (3.6 and later): its Admin API, GraphQL over one address.

Signed in with an API key in the header ``vendure-api-key`` (the shop must list ``api-key`` in its
``tokenMethod``); another channel than the default one is named in ``vendure-token``. Lists are
asked by ``skip`` and ``take``. Money is an integer with ``moneyStrategyPrecision`` decimals, 2
unless the shop set another, whatever the currency. What a mutation refuses comes back as a type
of its own with ``errorCode`` and ``message``, what a query refuses under ``errors``.

| capability | how |
|---|---|
| fetch an item | ``product``; keys are the ids of product and variant |
| list the catalogue | ``products``, enabled ones, by id |
| follow stock and price | ``productVariants``, all of them: a change of stock or price alone does |
| | not move a variant's ``updatedAt``, so nothing can be asked since an instant |
| take an order | a draft order, paid by a manual payment whose transaction id is our reference |
| send fewer | ``cancelOrder`` of some pieces; giving money back is the shop's own doing |
| receive webhooks | Vendure has none of its own; docs/examples/yellowcart-vendure-plugin.js sends |
| | them, signed as Standard Webhooks |
| authorise, convert links, report conversions | no |
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.sources.connector import (
    Can,
    ChangedLine,
    Connector,
    Delivery,
    Happening,
    Level,
    Page,
    Parcel,
    Progress,
    Setting,
    SourceError,
    Store,
    SupplyChange,
    SupplyOrder,
)
from yellowcart.sources.connectors.answers import (
    address_of,
    checked,
    pieces,
    rescaled,
    shaped,
    told,
)
from yellowcart.sources.connectors.mokuai import verify_webhook
from yellowcart.sources.connectors.vendure_shapes import (
    CANCEL,
    CHECK,
    DRAFT,
    DRAFT_DELETE,
    ORDER,
    ORDERS_BY_REFERENCE,
    PAY,
    PRODUCT,
    PRODUCTS,
    SHIP_AND_CLOSE,
    SHIPPING_METHODS,
    VARIANTS,
    Found,
    FoundOrder,
    FoundProduct,
    FoundVariant,
    ShippingMethod,
    Shop,
    filling,
)
from yellowcart.sources.files.drafts import Item, ProductDraft, Refusal, SkuDraft

SOURCE: Final = "vendure"
PRODUCTS_A_PAGE: Final = 20
VARIANTS_A_PAGE: Final = 500
T = TypeVar("T")
_SIGNED_OUT: Final = {"FORBIDDEN", "UNAUTHORIZED"}


class Vendure(Connector):
    """A Vendure shop, through its Admin API."""

    source = SOURCE
    name: ClassVar[str | Promise] = "Vendure"
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
        Setting(
            "url", _("Address of the Admin API, as in https://shop.example/admin-api"), kind="url"
        ),
        Setting("api_key", _("API key"), _("Settings → API Keys in Vendure."), kind="secret"),
        Setting("email", _("E-mail address under which our orders are booked there")),
        Setting(
            "country",
            _("Country that parcels go to, in two letters"),
            _("CN without one."),
            required=False,
        ),
        Setting(
            "shipping",
            _("Code of the shipping method"),
            _("The cheapest without one."),
            required=False,
        ),
        Setting(
            "channel", _("Channel token"), _("The default channel without one."), required=False
        ),
        Setting(
            "secret",
            _("Signing secret"),
            _("Of the Yellowcart plugin in Vendure, where it is installed."),
            kind="secret",
            required=False,
        ),
    )
    by_hand = _(
        "Open the order in Vendure's dashboard and choose Refund, for the pieces named here."
    )
    documentation = "https://docs.vendure.io/reference/graphql-api/admin/queries/"

    def check(self, store: Store) -> str:
        """The channel's name; its currency must be the shop's."""
        shop = _shop(store, self._ask(store, CHECK, {}))
        return shop.active_channel.seller.name if shop.active_channel.seller else SOURCE

    def item(self, store: Store, key: str) -> Item | None:
        """``product`` by id."""
        found = self._ask(store, PRODUCT, {"id": key})
        shop = _shop(store, found)
        return None if found["product"] is None else _item(found["product"], 1, shop)

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """``products``, twenty at a time."""
        skip = _number(cursor)
        answer = self._ask(store, PRODUCTS, {"skip": skip, "take": PRODUCTS_A_PAGE})
        shop, found = _shop(store, answer), shaped(SOURCE, answer["products"], Found)
        rows = [_item(one, line, shop) for line, one in enumerate(found.items, start=1)]
        return Page(rows, _next(skip, PRODUCTS_A_PAGE, found.total_items), found.total_items)

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """``productVariants``; ``since`` can't be asked for, so all of them."""
        skip, at = _number(cursor), clock.now()
        answer = self._ask(store, VARIANTS, {"skip": skip, "take": VARIANTS_A_PAGE})
        shop, found = _shop(store, answer), shaped(SOURCE, answer["productVariants"], Found)
        rows = [_level(shaped(SOURCE, one, FoundVariant), shop, at) for one in found.items]
        return Page(
            [one for one in rows if one is not None],
            _next(skip, VARIANTS_A_PAGE, found.total_items),
            found.total_items,
        )

    def place(self, store: Store, order: SupplyOrder) -> Progress:
        """A draft order, completed by a manual payment under our reference.

        Vendure finds orders by the transaction id of their payment, and takes stock only when the
        payment is there: a draft that was left half-done holds nothing, and is deleted here.
        """
        known, shop = self._by_reference(store, order)
        if known is not None:
            return known
        draft = str(self._ask(store, DRAFT, {})["createDraftOrder"]["id"])
        try:
            self._fill(store, draft, order)
        except SourceError:
            self._ask(store, DRAFT_DELETE, {"id": draft})
            raise
        payment = {
            "orderId": draft,
            "method": "Yellowcart",
            "transactionId": order.reference,
            "metadata": {"reference": order.reference},
        }
        paid = self._change(store, PAY, {"input": payment})
        return _progress(shaped(SOURCE, paid["addManualPaymentToOrder"], FoundOrder), shop)

    def find(self, store: Store, order: SupplyOrder) -> Progress | None:
        """``orders`` by the transaction id of their payment; a draft that was not paid is none."""
        return self._by_reference(store, order)[0]

    def _by_reference(self, store: Store, order: SupplyOrder) -> tuple[Progress | None, Shop]:
        known = self._ask(store, ORDERS_BY_REFERENCE, {"reference": order.reference})
        shop = _shop(store, known)
        for one in shaped(SOURCE, known["orders"], Found).items:
            return _progress(shaped(SOURCE, one, FoundOrder), shop), shop
        return None, shop

    def progress(self, store: Store, external_id: str) -> Progress:
        """``order`` by id."""
        found = self._ask(store, ORDER, {"id": external_id})
        if found["order"] is None:
            raise SourceError(SOURCE, f"there is no order {external_id}", code="unknown_order")
        return _progress(shaped(SOURCE, found["order"], FoundOrder), _shop(store, found))

    def cancel(self, store: Store, external_id: str, reason: str) -> Progress:
        """``cancelOrder``, unless some of it is on its way: Vendure would cancel that as well, and
        count it back into stock. Giving money back is up to the shop."""
        before = self.progress(store, external_id)
        if before.state != "taken":
            return before
        wish = {"orderId": external_id, "reason": reason[:250], "cancelShipping": True}
        self._change(store, CANCEL, {"input": wish})
        return self.progress(store, external_id)

    def reduce(self, store: Store, external_id: str, change: SupplyChange) -> Progress:
        """``cancelOrder`` of some pieces: as many as Vendure has not cancelled already.

        Of a line of which a part is packed Vendure (3.7) gives back into stock a packed piece and
        one that is not, for each that is to go: that is refused here.
        """
        answer = self._ask(store, ORDER, {"id": external_id})
        if answer["order"] is None:
            raise SourceError(SOURCE, f"there is no order {external_id}", code="unknown_order")
        found = shaped(SOURCE, answer["order"], FoundOrder)
        lines = [one for line in change.lines if (one := _fewer(found, line))["quantity"] > 0]
        if lines:
            wish = {"orderId": external_id, "lines": lines, "reason": change.reason[:250]}
            self._change(store, CANCEL, {"input": wish})
        return self.progress(store, external_id)

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        """A hint of the Yellowcart plugin; the Admin API is asked for the news itself."""
        message_id, secret = headers.get("webhook-id", ""), store.settings.get("secret", "")
        genuine = bool(message_id and secret) and verify_webhook(
            message_id,
            headers.get("webhook-timestamp", ""),
            headers.get("webhook-signature", ""),
            body,
            secret,
            now,
        )
        if not genuine:
            return None
        try:
            message = msgspec.json.decode(body, type=_Hint)
        except msgspec.DecodeError as error:
            raise SourceError(SOURCE, f"not as documented: {error}") from error
        return Delivery(message_id[:200], [message.happening()])

    def _fill(self, store: Store, draft: str, order: SupplyOrder) -> None:
        """Everything of an order but its payment."""
        to = address_of(order.ship_to, store.settings.get("country", ""))
        email = store.settings["email"]
        customer = {"emailAddress": email, "firstName": "Yellowcart", "lastName": email}
        address = {
            "fullName": to.name,
            "streetLine1": to.street,
            "city": to.city,
            "province": to.province,
            "postalCode": to.postcode,
            "countryCode": to.country,
            "phoneNumber": to.phone,
        }
        lines = {
            f"line{number}": {"productVariantId": line.sku_key, "quantity": line.quantity}
            for number, line in enumerate(order.lines)
        }
        inputs = {"id": draft, "who": customer, "to": address, **lines}
        self._change(store, filling(len(lines)), inputs)
        method = self._shipping_method(store, draft)
        self._change(store, SHIP_AND_CLOSE, {"id": draft, "method": method})

    def _shipping_method(self, store: Store, draft: str) -> str:
        found = self._ask(store, SHIPPING_METHODS, {"id": draft})
        quotes = shaped(SOURCE, found["eligibleShippingMethodsForDraftOrder"], list[ShippingMethod])
        wanted = store.settings.get("shipping", "")
        fitting = [one for one in quotes if not wanted or one.code == wanted]
        if not fitting:
            raise SourceError(SOURCE, "no shipping method goes there", code="no_shipping_method")
        return min(fitting, key=lambda one: one.price_with_tax).id

    def _change(self, store: Store, mutation: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Mutations whose results say themselves whether they were refused."""
        answer = self._ask(store, mutation, variables)
        for found in answer.values():
            if isinstance(found, Mapping) and found.get("errorCode"):
                raise SourceError(
                    SOURCE, str(found.get("message", ""))[:300], code=str(found["errorCode"])
                )
        return answer

    def _ask(self, store: Store, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"vendure-api-key": store.settings["api_key"]}
        if store.settings.get("channel"):
            headers["vendure-token"] = store.settings["channel"]
        answer = store.caller.post(
            store.settings["url"], {"query": query, "variables": variables}, headers=headers
        )
        found = told(SOURCE, answer, _Answer)
        if found.errors or found.data is None:
            raise _refusal(found.errors)
        return found.data


class _Answer(msgspec.Struct):
    data: dict[str, Any] | None = None
    errors: tuple[dict[str, Any], ...] = ()


class _Hint(msgspec.Struct):
    type: str
    data: dict[str, str]

    def happening(self) -> Happening:
        key = self.data.get("id", "")
        if self.type == "product.gone":
            return Happening("product_gone", key)
        if self.type == "product.changed":
            return Happening("product", key)
        return Happening("order" if self.type == "order.changed" else "other", key)


def _shop(store: Store, answer: Mapping[str, Any]) -> Shop:
    shop = shaped(SOURCE, answer, Shop)
    if shop.currency != store.currency:
        raise SourceError(SOURCE, f"prices in {shop.currency}, the shop's are in {store.currency}")
    return shop


def _refusal(errors: Sequence[Mapping[str, Any]]) -> SourceError:
    first = errors[0] if errors else {"message": "an answer without data"}
    extensions = first.get("extensions")
    code = str(extensions.get("code", "")) if isinstance(extensions, Mapping) else ""
    return SourceError(
        SOURCE,
        str(first.get("message", ""))[:300],
        code=code[:60],
        again=code == "INTERNAL_SERVER_ERROR",
        reauthorise=code in _SIGNED_OUT,
    )


def _number(cursor: str) -> int:
    return int(cursor) if cursor.isdecimal() else 0


def _next(skip: int, take: int, total: int) -> str:
    return str(skip + take) if skip + take < total else ""


def _item(raw: Any, line: int, shop: Shop) -> Item:
    try:
        return _draft(msgspec.convert(raw, FoundProduct, strict=False), line, shop)
    except (msgspec.ValidationError, ValueError) as error:
        return Refusal(
            line, _("A product is not as documented: %(why)s"), {"why": str(error)[:200]}
        )


def _draft(found: FoundProduct, line: int, shop: Shop) -> Item:
    groups = [group.id for group in found.option_groups]
    paths = [one.path() for one in found.collections if not one.is_private]
    return checked(
        ProductDraft(
            key=found.id,
            line=line,
            title=found.name,
            description_html=found.description,
            category=max(paths, key=len, default=""),
            tags=tuple(one.name for one in found.facet_values),
            images=tuple(one.source for one in found.pictures()),
            option_names=tuple(group.name for group in found.option_groups),
            published=found.enabled,
            skus=tuple(_sku(one, groups, line, shop) for one in found.variants),
        )
    )


def _sku(found: FoundVariant, groups: Sequence[str], line: int, shop: Shop) -> SkuDraft:
    named = {option.group_id: option.name for option in found.options}
    return SkuDraft(
        key=found.id,
        line=line,
        price_minor=rescaled(found.price_with_tax, shop.places, shop.currency),
        options=tuple(named[group] for group in groups if group in named),
        code=found.sku,
        image_url=found.featured_asset.source if found.featured_asset else "",
        stock=_stock(found, shop),
        active=found.enabled,
    )


def _stock(found: FoundVariant, shop: Shop) -> int | None:
    """What Vendure itself would still sell: on hand, less allocated, less its threshold."""
    tracked = found.track_inventory
    if tracked == "FALSE" or (tracked == "INHERIT" and not shop.global_settings.track_inventory):
        return None
    threshold = (
        shop.global_settings.out_of_stock_threshold
        if found.use_global_out_of_stock_threshold
        else found.out_of_stock_threshold
    )
    here = sum(one.stock_on_hand - one.stock_allocated for one in found.stock_levels)
    return pieces(here - threshold)


def _level(found: FoundVariant, shop: Shop, at: datetime) -> Level | None:
    stock = _stock(found, shop)
    if stock is None:
        return None
    price = rescaled(found.price_with_tax, shop.places, shop.currency)
    return Level(found.product_id, found.id, stock if found.enabled else 0, price, at)


def _fewer(found: FoundOrder, change: ChangedLine) -> dict[str, Any]:
    for line in found.lines:
        if line.product_variant is not None and line.product_variant.id == change.sku_key:
            gone = line.order_placed_quantity - line.quantity
            is_packed = any(
                sent.order_line.product_variant.id == change.sku_key
                for parcel in found.fulfillments or ()
                for sent in parcel.lines
            )
            if is_packed and change.in_all > gone:
                raise SourceError(SOURCE, f"{change.title} is packed in part", code="packed")
            return {"orderLineId": line.id, "quantity": change.in_all - gone}
    raise SourceError(SOURCE, f"order {found.id} has no {change.sku_key}", code="unknown_sku")


def _progress(found: FoundOrder, shop: Shop) -> Progress:
    ordered = sum(line.quantity for line in found.lines)
    sent = [one for one in found.fulfillments or () if one.state in {"Shipped", "Delivered"}]
    count = sum(line.quantity for one in sent for line in one.lines)
    if found.state == "Cancelled":
        state = "cancelled"
    elif count and count >= ordered:
        received = all(one.state == "Delivered" for one in sent)
        state = "received" if received else "sent"
    else:
        state = "part_sent" if count else "taken"
    refunds = [refund for one in found.payments or () for refund in one.refunds]
    return Progress(
        external_id=found.id,
        state=state,  # type: ignore[arg-type]
        parcels=[
            Parcel(
                one.method,
                one.tracking_code or "",
                {line.order_line.product_variant.id: line.quantity for line in one.lines},
                one.id,
            )
            for one in sent
        ],
        refunded_minor=sum(
            rescaled(one.total, shop.places, shop.currency)
            for one in refunds
            if one.state == "Settled"
        ),
    )

"""What is asked of Shopify's Admin GraphQL API, and the shapes of what it answers.

One call may cost 1,000 points at most, and a connection inside another multiplies, so pages are
small: ten products with up to fifty variants, or 150 variants.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from yellowcart.sources.connector import Parcel, Progress, SourceError
from yellowcart.sources.connectors.answers import checked, minor_of
from yellowcart.sources.files.drafts import Item, ProductDraft, SkuDraft

PRODUCTS_A_PAGE: Final = 10
VARIANTS_A_PAGE: Final = 150
_SHOP: Final = "shop { name currencyCode }"
_PAGE: Final = "pageInfo { hasNextPage endCursor }"
_VARIANT: Final = """id title sku barcode price compareAtPrice inventoryQuantity
  inventoryItem { tracked } selectedOptions { name value }"""
_PRODUCT: Final = f"""handle title descriptionHtml vendor productType tags status isGiftCard
  hasOnlyDefaultVariant category {{ fullName }} options {{ name }}
  media(first: 10) {{ nodes {{ ... on MediaImage {{ image {{ url }} }} }} }}
  variants(first: 50) {{ {_PAGE} nodes {{ {_VARIANT} }} }}"""
SHOP: Final = f"query {{ {_SHOP} }}"
PRODUCTS: Final = f"""query ($after: String) {{ {_SHOP}
  products(first: {PRODUCTS_A_PAGE}, after: $after, query: "status:active", sortKey: ID) {{
    {_PAGE} nodes {{ {_PRODUCT} }}
  }}
}}"""
PRODUCT: Final = f"""query ($handle: String!) {{ {_SHOP}
  productByIdentifier(identifier: {{ handle: $handle }}) {{ {_PRODUCT} }}
}}"""
MORE_VARIANTS: Final = f"""query ($handle: String!, $after: String) {{
  productByIdentifier(identifier: {{ handle: $handle }}) {{
    variants(first: 200, after: $after) {{ {_PAGE} nodes {{ {_VARIANT} }} }}
  }}
}}"""
LEVELS: Final = f"""query ($after: String) {{ {_SHOP}
  productVariants(first: {VARIANTS_A_PAGE}, after: $after, query: "product_status:active",
      sortKey: ID) {{
    {_PAGE} nodes {{ title price inventoryQuantity inventoryItem {{ tracked }}
      product {{ handle }} }}
  }}
}}"""
_ORDER: Final = """id cancelledAt displayFulfillmentStatus
  totalRefundedSet { shopMoney { amount currencyCode } }
  fulfillments(first: 20) { id status displayStatus trackingInfo(first: 1) { company number }
    fulfillmentLineItems(first: 20) { nodes { quantity lineItem { variantTitle } } } }"""
ORDER: Final = f"query ($id: ID!) {{ order(id: $id) {{ {_ORDER} }} }}"
ORDER_BY_REFERENCE: Final = f"""query ($query: String!) {{
  orders(first: 1, query: $query) {{ {_PAGE} nodes {{ {_ORDER} }} }}
}}"""
ORDER_LINES: Final = f"""query ($id: ID!) {{ order(id: $id) {{ {_ORDER}
  lineItems(first: 100) {{ nodes {{ quantity currentQuantity variantTitle product {{ handle }} }} }}
}} }}"""
_WRONG: Final = "userErrors { field message }"
EDIT: Final = f"""mutation ($id: ID!) {{ orderEditBegin(id: $id) {{ {_WRONG}
  calculatedOrder {{ id lineItems(first: 100) {{
    nodes {{ id quantity variantTitle variant {{ product {{ handle }} }} }}
  }} }}
}} }}"""
EDIT_QUANTITY: Final = f"""mutation ($id: ID!, $line: ID!, $quantity: Int!) {{
  orderEditSetQuantity(id: $id, lineItemId: $line, quantity: $quantity, restock: true) {{
    {_WRONG}
  }}
}}"""
EDIT_COMMIT: Final = f"""mutation ($id: ID!, $note: String) {{
  orderEditCommit(id: $id, notifyCustomer: false, staffNote: $note) {{ {_WRONG} }}
}}"""
CREATE: Final = f"""mutation ($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {{
  orderCreate(order: $order, options: $options) {{
    userErrors {{ field message }} order {{ {_ORDER} }}
  }}
}}"""
CANCEL: Final = """mutation ($id: ID!, $note: String) {
  orderCancel(orderId: $id, reason: OTHER, refundMethod: { originalPaymentMethodsRefund: false },
      restock: true, notifyCustomer: false, staffNote: $note) {
    orderCancelUserErrors { field message }
  }
}"""


class Shop(msgspec.Struct, rename="camel", frozen=True):
    """Whose goods these are."""

    name: str
    currency_code: str


class PageInfo(msgspec.Struct, rename="camel", frozen=True):
    """Whether and where a connection goes on."""

    has_next_page: bool = False
    end_cursor: str | None = None

    @property
    def cursor(self) -> str:
        """An empty one at the end."""
        return (self.end_cursor or "") if self.has_next_page else ""


class Rows(msgspec.Struct, rename="camel", frozen=True):
    """One page of a connection."""

    nodes: tuple[Any, ...]
    page_info: PageInfo = PageInfo()


class Chosen(msgspec.Struct, frozen=True):
    """A variant's value of an option."""

    name: str
    value: str


class InventoryItem(msgspec.Struct, frozen=True):
    """Whether Shopify counts it."""

    tracked: bool


class Variant(msgspec.Struct, rename="camel", frozen=True):
    """A variant; prices in major units of the shop's currency."""

    id: str
    title: str
    price: str
    inventory_item: InventoryItem
    selected_options: tuple[Chosen, ...]
    inventory_quantity: int | None = None
    compare_at_price: str | None = None
    sku: str | None = None
    barcode: str | None = None


class Variants(msgspec.Struct, rename="camel", frozen=True):
    """A page of variants."""

    nodes: tuple[Variant, ...]
    page_info: PageInfo


class Named(msgspec.Struct, rename="camel", frozen=True):
    """An option, or a category."""

    name: str = ""
    full_name: str = ""


class Image(msgspec.Struct, frozen=True):
    """A picture's address."""

    url: str


class Medium(msgspec.Struct, frozen=True):
    """A picture; a film has none."""

    image: Image | None = None


class Media(msgspec.Struct, frozen=True):
    """The product's pictures and films."""

    nodes: tuple[Medium, ...] = ()


class Product(msgspec.Struct, rename="camel", frozen=True):
    """A product with its first variants."""

    handle: str
    title: str
    status: str
    variants: Variants
    has_only_default_variant: bool
    options: tuple[Named, ...] = ()
    description_html: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    is_gift_card: bool = False
    category: Named | None = None
    media: Media = Media()


class Handle(msgspec.Struct, frozen=True):
    """The product of a variant."""

    handle: str


class StockedVariant(msgspec.Struct, rename="camel", frozen=True):
    """A variant's stock and price."""

    title: str
    price: str
    inventory_item: InventoryItem
    product: Handle
    inventory_quantity: int | None = None


class Money(msgspec.Struct, rename="camel", frozen=True):
    """An amount in major units."""

    amount: str
    currency_code: str


class MoneySet(msgspec.Struct, rename="camel", frozen=True):
    """An amount in the shop's own currency."""

    shop_money: Money


class Tracking(msgspec.Struct, frozen=True):
    """A tracking number and whose."""

    company: str | None = None
    number: str | None = None


class LineItem(msgspec.Struct, rename="camel", frozen=True):
    """A line of an order."""

    variant_title: str | None = None


class SentLine(msgspec.Struct, rename="camel", frozen=True):
    """Pieces of a line in a parcel."""

    quantity: int
    line_item: LineItem


class SentLines(msgspec.Struct, frozen=True):
    """What is in a parcel."""

    nodes: tuple[SentLine, ...] = ()


class Fulfillment(msgspec.Struct, rename="camel", frozen=True):
    """A parcel."""

    status: str
    display_status: str | None = None
    tracking_info: tuple[Tracking, ...] = ()
    fulfillment_line_items: SentLines = SentLines()
    id: str = ""


class OrderedLine(msgspec.Struct, rename="camel", frozen=True):
    """A line of an order: pieces ordered, and those that were not removed since."""

    quantity: int
    current_quantity: int
    variant_title: str | None = None
    product: Handle | None = None

    def is_of(self, handle: str, variant: str) -> bool:
        """Whether these are pieces of a variant, by our keys."""
        title = self.variant_title or "Default Title"
        return self.product is not None and (self.product.handle, title) == (handle, variant)


class EditedVariant(msgspec.Struct, frozen=True):
    """The variant of a line that is being edited."""

    product: Handle


class EditedLine(msgspec.Struct, rename="camel", frozen=True):
    """A line of an order that is being edited."""

    id: str
    quantity: int
    variant_title: str | None = None
    variant: EditedVariant | None = None

    def is_of(self, handle: str, variant: str) -> bool:
        """Whether these are pieces of a variant, by our keys."""
        title = self.variant_title or "Default Title"
        return self.variant is not None and (self.variant.product.handle, title) == (
            handle,
            variant,
        )


class OrderedLines(msgspec.Struct, rename="camel", frozen=True):
    """What was ordered."""

    nodes: tuple[OrderedLine, ...] = ()


class EditedLines(msgspec.Struct, rename="camel", frozen=True):
    """What is being edited."""

    nodes: tuple[EditedLine, ...] = ()


class Edited(msgspec.Struct, rename="camel", frozen=True):
    """An order that is being edited: nothing holds before it is committed."""

    id: str
    line_items: EditedLines


class Order(msgspec.Struct, rename="camel", frozen=True):
    """An order as the shop sees it; its lines only where they were asked for."""

    id: str
    display_fulfillment_status: str
    total_refunded_set: MoneySet
    cancelled_at: str | None = None
    fulfillments: tuple[Fulfillment, ...] = ()
    line_items: OrderedLines = OrderedLines()


def draft_of(found: Product, variants: Sequence[Variant], line: int, currency: str) -> Item:
    """A draft with the keys of an export; ``ValueError`` where an amount is none."""
    names = () if found.has_only_default_variant else tuple(one.name for one in found.options)
    category = found.category.full_name if found.category else ""
    return checked(
        ProductDraft(
            key=found.handle,
            line=line,
            title=found.title,
            description_html=found.description_html,
            vendor=found.vendor,
            category=category or found.product_type,
            tags=found.tags,
            images=tuple(one.image.url for one in found.media.nodes if one.image),
            option_names=names,
            published=found.status == "ACTIVE",
            skus=tuple(_sku(one, names, line, currency) for one in variants),
        )
    )


def _sku(found: Variant, names: Sequence[str], line: int, currency: str) -> SkuDraft:
    values = {one.name: one.value for one in found.selected_options}
    options = tuple(values[name] for name in names if name in values)
    dearer = found.compare_at_price
    return SkuDraft(
        key=" / ".join(options) or "Default Title",
        line=line,
        price_minor=minor_of(found.price, currency),
        options=options,
        code=found.sku or "",
        barcode=found.barcode or "",
        compare_at_minor=minor_of(dearer, currency) if dearer else None,
        stock=found.inventory_quantity if found.inventory_item.tracked else None,
    )


def progress_of(found: Order) -> Progress:
    """How far an order is; pieces by variant title, which is the key of its SKU."""
    sent = [one for one in found.fulfillments if one.status == "SUCCESS"]
    if found.cancelled_at:
        state: Any = "cancelled"
    elif found.display_fulfillment_status == "FULFILLED":
        state = "received" if all(one.display_status == "DELIVERED" for one in sent) else "sent"
    else:
        state = "part_sent" if sent else "taken"
    refunded = found.total_refunded_set.shop_money
    try:
        minor = minor_of(refunded.amount, refunded.currency_code)
    except ValueError as error:
        raise SourceError("shopify", f"not as documented: {error}", code="malformed") from error
    parcels = []
    for one in sent:
        pieces: dict[str, int] = {}
        for line in one.fulfillment_line_items.nodes:
            title = line.line_item.variant_title or "Default Title"
            pieces[title] = pieces.get(title, 0) + line.quantity
        number = one.tracking_info[0] if one.tracking_info else None
        company = (number.company or "") if number else ""
        parcels.append(Parcel(company, (number.number or "") if number else "", pieces, one.id))
    return Progress(found.id, state, parcels, minor)

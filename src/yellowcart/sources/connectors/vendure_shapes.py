"""What is asked of Vendure's Admin API, and the shapes of what it answers."""

from typing import Any, Final

import msgspec

#: What an amount or a count means in this shop; it comes along with whatever is asked.
_SHOP: Final = """activeChannel { code defaultCurrencyCode seller { name } }
  globalSettings {
    trackInventory outOfStockThreshold serverConfig { moneyStrategyPrecision }
  }"""
CHECK: Final = f"query {{ {_SHOP} }}"
_VARIANT: Final = """id productId sku enabled priceWithTax trackInventory
  outOfStockThreshold useGlobalOutOfStockThreshold stockLevels { stockOnHand stockAllocated }"""
_PRODUCT: Final = f"""id name description enabled
  featuredAsset {{ source }} assets {{ source }}
  optionGroups {{ id name }} facetValues {{ name }}
  collections {{ isPrivate breadcrumbs {{ name }} }}
  variants {{ {_VARIANT} options {{ name groupId }} featuredAsset {{ source }} }}"""
PRODUCT: Final = f"query ($id: ID!) {{ {_SHOP} product(id: $id) {{ {_PRODUCT} }} }}"
PRODUCTS: Final = f"""query ($skip: Int!, $take: Int!) {{
  {_SHOP} products(options: {{
    skip: $skip, take: $take, sort: {{ id: ASC }}, filter: {{ enabled: {{ eq: true }} }}
  }}) {{ totalItems items {{ {_PRODUCT} }} }}
}}"""
VARIANTS: Final = f"""query ($skip: Int!, $take: Int!) {{
  {_SHOP} productVariants(options: {{ skip: $skip, take: $take, sort: {{ id: ASC }} }}) {{
    totalItems items {{ {_VARIANT} }}
  }}
}}"""
_ORDER: Final = """id state lines { id quantity orderPlacedQuantity productVariant { id } }
  fulfillments {
    id state method trackingCode lines { quantity orderLine { productVariant { id } } }
  }
  payments { refunds { total state } }"""
ORDER: Final = f"query ($id: ID!) {{ {_SHOP} order(id: $id) {{ {_ORDER} }} }}"
ORDERS_BY_REFERENCE: Final = f"""query ($reference: String!) {{
  {_SHOP} orders(options: {{ take: 1, filter: {{ transactionId: {{ eq: $reference }} }} }}) {{
    totalItems items {{ {_ORDER} }}
  }}
}}"""
_REFUSED: Final = "__typename ... on ErrorResult { errorCode message }"
DRAFT: Final = "mutation { createDraftOrder { id } }"
DRAFT_DELETE: Final = "mutation ($id: ID!) { deleteDraftOrder(orderId: $id) { result } }"
SHIPPING_METHODS: Final = """query ($id: ID!) {
  eligibleShippingMethodsForDraftOrder(orderId: $id) { id code priceWithTax }
}"""
SHIP_AND_CLOSE: Final = f"""mutation ($id: ID!, $method: ID!) {{
  shipping: setDraftOrderShippingMethod(orderId: $id, shippingMethodId: $method) {{ {_REFUSED} }}
  closed: transitionOrderToState(id: $id, state: "ArrangingPayment") {{ {_REFUSED} }}
}}"""
PAY: Final = f"""mutation ($input: ManualPaymentInput!) {{
  addManualPaymentToOrder(input: $input) {{ {_REFUSED} ... on Order {{ {_ORDER} }} }}
}}"""
CANCEL: Final = f"""mutation ($input: CancelOrderInput!) {{
  cancelOrder(input: $input) {{ {_REFUSED} }}
}}"""


def filling(lines: int) -> str:
    """The mutation that puts lines, the customer and the address into a draft, in this order."""
    numbers = range(lines)
    inputs = "".join(f", $line{n}: AddItemToDraftOrderInput!" for n in numbers)
    items = "\n".join(
        f"  line{n}: addItemToDraftOrder(orderId: $id, input: $line{n}) {{ {_REFUSED} }}"
        for n in numbers
    )
    return f"""mutation ($id: ID!, $who: CreateCustomerInput, $to: CreateAddressInput!{inputs}) {{
{items}
  who: setCustomerForDraftOrder(orderId: $id, input: $who) {{ {_REFUSED} }}
  to: setDraftOrderShippingAddress(orderId: $id, input: $to) {{ id }}
}}"""


class Named(msgspec.Struct, rename="camel"):
    """A facet value, a breadcrumb or a seller."""

    name: str


class Channel(msgspec.Struct, rename="camel"):
    """The channel that is asked."""

    code: str
    default_currency_code: str
    seller: Named | None = None


class ServerConfig(msgspec.Struct, rename="camel"):
    """What the shop was set up with."""

    money_strategy_precision: int


class GlobalSettings(msgspec.Struct, rename="camel"):
    """What holds where a variant says nothing of its own."""

    track_inventory: bool
    out_of_stock_threshold: int
    server_config: ServerConfig


class Shop(msgspec.Struct, rename="camel"):
    """The answer to ``CHECK``."""

    active_channel: Channel
    global_settings: GlobalSettings

    @property
    def currency(self) -> str:
        """What ``price_with_tax`` is in."""
        return self.active_channel.default_currency_code

    @property
    def places(self) -> int:
        """Decimals that its integers of money count with."""
        return self.global_settings.server_config.money_strategy_precision


class Found(msgspec.Struct, rename="camel"):
    """One page of a list."""

    items: tuple[Any, ...]
    total_items: int


class Asset(msgspec.Struct, rename="camel"):
    """A picture; ``source`` is its address."""

    source: str


class Group(msgspec.Struct, rename="camel"):
    """An option of a product."""

    id: str
    name: str


class Option(msgspec.Struct, rename="camel"):
    """A variant's value of an option."""

    name: str
    group_id: str


class StockLevel(msgspec.Struct, rename="camel"):
    """Pieces in one place."""

    stock_on_hand: int
    stock_allocated: int


class FoundVariant(msgspec.Struct, rename="camel"):
    """A variant as an administrator sees it."""

    id: str
    product_id: str
    sku: str
    enabled: bool
    price_with_tax: int
    track_inventory: str
    out_of_stock_threshold: int
    use_global_out_of_stock_threshold: bool
    stock_levels: tuple[StockLevel, ...]
    options: tuple[Option, ...] = ()
    featured_asset: Asset | None = None


class Collection(msgspec.Struct, rename="camel"):
    """Where a product stands in the shop; the first breadcrumb is the root."""

    is_private: bool
    breadcrumbs: tuple[Named, ...]

    def path(self) -> str:
        """``Electronics > Computers``."""
        return " > ".join(one.name for one in self.breadcrumbs[1:])


class FoundProduct(msgspec.Struct, rename="camel"):
    """A product with all its variants."""

    id: str
    name: str
    description: str
    enabled: bool
    variants: tuple[FoundVariant, ...]
    option_groups: tuple[Group, ...] = ()
    facet_values: tuple[Named, ...] = ()
    collections: tuple[Collection, ...] = ()
    assets: tuple[Asset, ...] = ()
    featured_asset: Asset | None = None

    def pictures(self) -> tuple[Asset, ...]:
        """The featured one first."""
        return ((self.featured_asset,) if self.featured_asset else ()) + self.assets


class ShippingMethod(msgspec.Struct, rename="camel"):
    """One way a draft order can be sent."""

    id: str
    code: str
    price_with_tax: int


class OrderedVariant(msgspec.Struct, rename="camel"):
    """The variant of an order's line."""

    id: str


class OrderedLine(msgspec.Struct, rename="camel"):
    """The order's line that a fulfilment is of."""

    product_variant: OrderedVariant


class Sent(msgspec.Struct, rename="camel"):
    """Pieces of a line in a fulfilment."""

    quantity: int
    order_line: OrderedLine


class Fulfillment(msgspec.Struct, rename="camel"):
    """A parcel, perhaps not yet on its way."""

    state: str
    method: str
    lines: tuple[Sent, ...]
    tracking_code: str | None = None
    id: str = ""


class Refund(msgspec.Struct, rename="camel"):
    """Money given back."""

    total: int
    state: str


class Payment(msgspec.Struct, rename="camel"):
    """A payment with what was given back of it."""

    refunds: tuple[Refund, ...] = ()


class Line(msgspec.Struct, rename="camel"):
    """Pieces ordered: as many as are left of those that were."""

    quantity: int
    id: str = ""
    order_placed_quantity: int = 0
    product_variant: OrderedVariant | None = None


class FoundOrder(msgspec.Struct, rename="camel"):
    """An order as an administrator sees it."""

    id: str
    state: str
    lines: tuple[Line, ...]
    fulfillments: tuple[Fulfillment, ...] | None = None
    payments: tuple[Payment, ...] | None = None

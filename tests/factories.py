"""Small makers of rows that many tests need. Every default can be overridden."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from yellowcart.catalog.models import Product, Sku
from yellowcart.core.ids import new_id
from yellowcart.core.texts import Text
from yellowcart.inventory.models import Stock
from yellowcart.people.models import Account, RoleGrant
from yellowcart.policy.rules import Outcome, Rule
from yellowcart.shops.models import Shop, ShopMember

_numbers = count(1)


def make_account(**fields: Any) -> Account:
    """An account that can sign in with the password ``secret``."""
    n = next(_numbers)
    values = {"username": f"user{n}", "handle": f"user{n}", "display_name": f"User {n}", **fields}
    return Account.objects.create_user(password="secret", **values)


def make_operator() -> Account:
    """An account that works for the platform."""
    account = make_account()
    RoleGrant.objects.create(account=account, role="operator")
    return account


def make_shop(owner: Account | None = None, **fields: Any) -> Shop:
    """An open enterprise shop; ``owner`` becomes its owner."""
    n = next(_numbers)
    values = {"handle": f"shop-{n}", "name": f"Shop {n}", "type": "enterprise", **fields}
    shop = Shop.objects.create(**values)
    if owner is not None:
        ShopMember.objects.create(shop=shop, account=owner, role="owner")
    return shop


def make_product(shop: Shop, **fields: Any) -> Product:
    """An approved native product on the shelf, without SKUs."""
    n = next(_numbers)
    values = {"title": f"Product {n}", "review_state": "approved", "on_shelf": True, **fields}
    return Product.objects.create(shop=shop, **values)


def make_sku(product: Product, *, stock: int | None = 10, price: int = 9_900, **fields: Any) -> Sku:
    """A SKU with its own stock row; ``stock=None`` makes none."""
    key: UUID = new_id()
    values = {"stock_shop_id": product.shop_id, "stock_sku_id": key, **fields}
    sku = Sku.objects.create(
        id=key, shop_id=product.shop_id, product=product, price_minor=price, **values
    )
    if stock is not None and sku.stock_sku_id == key:
        Stock.objects.create(shop_id=product.shop_id, sku_id=key, on_hand=stock)
    return sku


EPOCH = datetime(2021, 11, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    """The instant ``number`` days into the tests' calendar."""
    return EPOCH + timedelta(days=number)


def make_rule(key: str = "r", **fields: Any) -> Rule:
    """A rule with defaults; selectors may be any iterable."""
    for name in ("sources", "integrations", "surfaces", "shops", "shop_types", "creators"):
        if fields.get(name) is not None:
            fields[name] = frozenset(fields[name])
    defaults: dict[str, Any] = {
        "outcome": Outcome.DENY,
        "announced_at": day(0),
        "effective_from": day(1),
        "reason": Text("because", "因为"),
        "remedy": Text("do that", "这样做"),
    }
    return Rule(key=key, **(defaults | fields))

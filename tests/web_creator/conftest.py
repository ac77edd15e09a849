"""A creator with permits and a room, goods of several kinds, and a rule that comes at midnight."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import pytest
from django.test import Client
from tests.factories import (
    make_account,
    make_operator,
    make_product,
    make_rule,
    make_shop,
    make_sku,
)

from yellowcart.catalog.models import Product
from yellowcart.core import clock
from yellowcart.core.instants import parse_instant
from yellowcart.listings.actions import do_mount
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.live.queries import access_cart
from yellowcart.people.actions import do_grant_role
from yellowcart.people.models import Account, Permit
from yellowcart.people.roles import Role
from yellowcart.policy.actions import do_write_rule
from yellowcart.shops.models import Shop

EVENING = parse_instant("2021-11-15T23:30:00+08:00")
MIDNIGHT = parse_instant("2021-11-15T24:00:00+08:00")
AFTER = parse_instant("2021-11-16T00:00:01+08:00")


class World(NamedTuple):
    creator: Account
    rival: Account
    buyer: Account
    operator: Account
    room: Room
    shop: Shop
    native: Product
    youzan: Product
    mokuai: Product
    supplier: Shop

    def url(self, path: str = "") -> str:
        return f"/creator/rooms/{self.room.id}/{path}"

    def cart(self) -> list[Product]:
        rows = Listing.objects.filter(
            surface="live_room", container_id=self.room.id, state__in=["mounted", "barred"]
        )
        return [row.product for row in rows.order_by("position").select_related("product")]

    def listing(self, product: Product) -> Listing:
        return Listing.objects.get(
            surface="live_room",
            container_id=self.room.id,
            product=product,
            state__in=["mounted", "barred"],
        )


def at(instant: datetime) -> None:
    """Stop pretending it is now."""
    clock.set_timeline(clock.starting_at(instant))


def link_product(shop: Shop, source: str, external_id: str) -> Product:
    product = make_product(
        shop, title=f"{source} cup", source=source, integration="link", external_id=external_id
    )
    make_sku(product, stock=None)
    return product


@pytest.fixture
def world(db: None) -> World:
    at(EVENING)
    creator, rival, buyer = (make_account() for _ in range(3))
    for account in (creator, rival):
        do_grant_role(account, Role.CREATOR)
    for permit in ("go_live", "promote", "sell_own"):
        Permit.objects.create(account=creator, permit=permit, state="granted")
    shop, supplier = make_shop(), make_shop(type="supplier", source="mokuai")
    original = make_product(supplier, title="Tent", source="mokuai", external_id="mk-1")
    make_sku(original)
    native = make_product(shop, title="Green tea")
    make_sku(native)
    do_write_rule(
        make_rule(
            "cut",
            sources=["youzan", "mokuai"],
            integrations=["link"],
            surfaces=["live_room"],
            effective_from=MIDNIGHT,
        ),
        by=None,
    )
    return World(
        creator=creator,
        rival=rival,
        buyer=buyer,
        operator=make_operator(),
        room=Room.objects.create(creator=creator, title="Tonight", scheduled_at=EVENING),
        shop=shop,
        native=native,
        youzan=link_product(shop, "youzan", "yz-1"),
        mokuai=link_product(shop, "mokuai", "mk-1"),
        supplier=supplier,
    )


@pytest.fixture
def filled(world: World) -> World:
    """The room with goods of each kind in its cart."""
    container = access_cart(world.creator, world.room.id)
    for product in (world.native, world.youzan, world.mokuai):
        do_mount(world.creator, container, product.id)
    return world


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    def as_(account: Account | None, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        if account is not None:
            client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_

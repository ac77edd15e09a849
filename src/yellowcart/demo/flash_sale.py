"""One live room with one hot SKU, and buyers with their passes, for load and outside checks."""

from typing import TypedDict

from django.contrib.auth.hashers import make_password
from django.db import transaction

from yellowcart.catalog.models import Sku
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.demo.goods import NativeGood
from yellowcart.demo.street import add_native, open_shop
from yellowcart.listings.actions import do_mount
from yellowcart.listings.containers import Container
from yellowcart.live import passes
from yellowcart.live.actions import do_go_live, do_pin, do_schedule_room
from yellowcart.people.actions import do_grant_role
from yellowcart.people.models import Account, Permit
from yellowcart.people.roles import Role

UNIT_PRICE_MINOR = 9_900
ACCOUNTS_A_WRITE = 2_000


class FlashSale(TypedDict):
    """What somebody needs to buy. ``unit_price`` in minor units; a pass for each buyer."""

    room_id: str
    listing_id: str
    sku_id: str
    unit_price: int
    passes: list[str]


@transaction.atomic
def prepare(stock: int, buyers: int) -> FlashSale:
    """Open a shop, stock one SKU, go live with it, and let every buyer in.

    Everything is new each time, so that sales don't disturb each other. Nobody can sign in to
    the accounts made here.
    """
    mark = new_id().hex[-12:]
    operator, owner, host = (
        _account(f"flash-{role}-{mark}") for role in ("operator", "owner", "host")
    )
    Account.objects.bulk_create([operator, owner, host])
    do_grant_role(operator, Role.OPERATOR)
    do_grant_role(host, Role.CREATOR)
    for permit in ("go_live", "sell_own", "promote"):
        Permit.objects.create(account=host, permit=permit, state="granted")
    shop = open_shop(owner, f"flash-{mark}", "Flash sale", "enterprise", "native", "")
    good = NativeGood(
        "Hot item", UNIT_PRICE_MINOR, None, "good-cup", "Kind", (("One size", stock),), ""
    )
    product = add_native(operator, owner, shop, good)
    sku = Sku.objects.get(product=product)
    room = do_schedule_room(host, title="Flash sale", scheduled_at=now())
    listing = do_mount(host, Container("live_room", room.id, host.id), product.id)
    do_go_live(host, room.id)
    do_pin(host, room.id, listing.id)
    crowd = [_account(f"flash-{number}-{mark}") for number in range(buyers)]
    Account.objects.bulk_create(crowd, batch_size=ACCOUNTS_A_WRITE)
    return FlashSale(
        room_id=str(room.id),
        listing_id=str(listing.id),
        sku_id=str(sku.id),
        unit_price=UNIT_PRICE_MINOR,
        passes=[passes.issue(room=room.id, sub=one.id, name=one.display_name)[0] for one in crowd],
    )


def _account(username: str) -> Account:
    return Account(
        id=new_id(),
        username=username,
        handle=username,
        display_name=username,
        password=make_password(None),
        joined_at=now(),
    )

"""Coins, some gifts and one lucky bag for the demo's rooms."""

from typing import Final

from yellowcart.core import clock
from yellowcart.gifts import actions, bags, topups
from yellowcart.gifts.values import NewBag
from yellowcart.live.models import Room
from yellowcart.payments.models import SandboxCharge
from yellowcart.payments.providers import provider_named, sandbox
from yellowcart.payments.queries import taken
from yellowcart.people.models import Account

#: What people of the demo have bought of coins.
COINS: Final = {"xiaolan": 2_980, "dafei": 980, "ming": 980, "emma": 980}
#: Who gave what to whom.
GIFTS: Final = (("ming", "rose", 3), ("emma", "cart", 1))


def let_give(people: dict[str, Account], room: Room) -> None:
    """Fill wallets, give a few gifts in a live room, and open its lucky bag."""
    for name, coins in COINS.items():
        buy_coins(people[name], coins)
    for name, gift, count in GIFTS:
        actions.do_send(
            actor=people[name],
            room_id=room.id,
            gift=gift,
            quantity=count,
            idempotency_key=f"demo-{name}-{gift}",
        )
    bags.do_open_bag(
        actor=people["xiaolan"],
        room_id=room.id,
        wanted=NewBag(
            title="粉丝福袋 · 100金币",
            prize="coins",
            winners=5,
            seconds=30 * 60,
            coins_each=100,
            must_follow=True,
        ),
        idempotency_key="demo-bag",
    )


def buy_coins(account: Account, coins: int) -> None:
    """Coins, paid with the sandbox."""
    _top_up, payment, _page = topups.do_start(
        actor=account,
        coins=coins,
        idempotency_key=f"demo-{account.username}",
        provider=sandbox.CODE,
    )
    SandboxCharge.objects.filter(payment_id=payment.id).update(
        state="approved", answered_at=clock.now()
    )
    told = provider_named(sandbox.CODE).query(taken(payment))
    if told is not None:
        topups.do_record(sandbox.CODE, told)

"""A live room, its host, and viewers with coins."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.factories import make_account
from tests.rooms import make_creator, make_room

from yellowcart.core import outbox
from yellowcart.core.ids import new_id
from yellowcart.gifts import actions, topups
from yellowcart.gifts.models import TopUp, Wallet
from yellowcart.live.models import Room, RoomEvent
from yellowcart.payments import incoming
from yellowcart.payments.models import Payment
from yellowcart.payments.providers import sandbox
from yellowcart.payments.providers.base import Told
from yellowcart.people.models import Account

_numbers = count(1)


def key() -> str:
    """A fresh idempotency key."""
    return f"key-{next(_numbers):08d}"


def told(payment: Payment, **changes: Any) -> Told:
    """What the sandbox tells of a payment."""
    values = {
        "message_id": str(new_id()),
        "ref": payment.provider_ref,
        "succeeded": True,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "body_hash": "x",
        "txn": payment.provider_ref,
    }
    return Told(**{**values, **changes})


def top_up(account: Account, coins: int, *, paid: bool = True) -> tuple[TopUp, Payment]:
    """Coins that are asked for and paid through the sandbox."""
    row, payment, _url = topups.do_start(actor=account, coins=coins, idempotency_key=key())
    if paid:
        sandbox.do_answer(payment.provider_ref or "", approve=True)
        incoming.record("sandbox", told(payment))
    row.refresh_from_db()
    return row, payment


def rich(coins: int = 1_000, **fields: Any) -> Account:
    """A viewer with coins that they bought."""
    account = make_account(**fields)
    top_up(account, coins)
    return account


def coins_of(account: Account) -> int:
    """What is in a wallet."""
    wallet = Wallet.objects.filter(account_id=account.id).first()
    return wallet.coins if wallet else 0


@dataclass(frozen=True)
class Stage:
    """A live room and its host."""

    room: Room
    host: Account

    def send(self, viewer: Account, gift: str = "rose", quantity: int = 1, **more: Any) -> Any:
        """A gift."""
        return actions.do_send(
            actor=viewer,
            room_id=self.room.id,
            gift=gift,
            quantity=quantity,
            **{"idempotency_key": key(), **more},
        )

    def events(self, type_: str) -> list[dict[str, Any]]:
        """What viewers were told, once everything was relayed."""
        outbox.relay_all()
        rows = RoomEvent.objects.filter(room_id=self.room.id, type=type_).order_by("seq")
        return [row.payload for row in rows]


def make_stage(**fields: Any) -> Stage:
    """A live room of a creator."""
    host = make_creator()
    return Stage(make_room(host, **fields), host)

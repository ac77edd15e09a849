"""Orders and cases as a model that fits in a head, and the verbs done to both at once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from tests.aftersales.worlds import RETURN_TO, make_world
from tests.payments.checkouts import buy

from yellowcart.aftersales import actions as cases
from yellowcart.aftersales import goods
from yellowcart.aftersales.rules import Asked
from yellowcart.aftersales.states import Kind
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.orders import receiving, shipping
from yellowcart.orders.models import Order, Shipment

STOCK = 30
UNPAID = frozenset({"awaiting_payment", "deposit_paid"})
GONE = frozenset({"closed", "completed"})
TO_SHIP = frozenset({"paid", "partly_shipped"})
ON_THE_WAY = frozenset({"shipped", "signed"})


@dataclass
class Ask:
    """A case as the model knows it."""

    id: UUID
    kind: Kind
    pieces: int
    amount: int
    is_sent: bool
    state: str = "awaiting_seller"


@dataclass
class Life:
    """An order as the model knows it. One line; amounts in minor units."""

    key: UUID
    pieces: int
    price: int
    deposit: int = 0
    state: str = "awaiting_payment"
    paid: int = 0
    refunded: int = 0
    shipped: int = 0
    dropped: int = 0
    back: int = 0
    case: Ask | None = None

    @property
    def unsent(self) -> int:
        """Pieces that still have to leave."""
        return self.pieces - self.shipped - self.dropped

    @property
    def with_buyer(self) -> int:
        """Pieces that left and whose money did not go back."""
        return self.shipped - self.back

    def worth(self, pieces: int) -> int:
        """What so many of its pieces are worth; the last take the rounding."""
        left = self.pieces - self.dropped - self.back
        money = self.price * self.pieces - self.refunded
        return money if pieces >= left else money * pieces // left


class Street:
    """A shop with one SKU, a buyer, and everything that happens between them, done and modelled."""

    def __init__(self) -> None:
        self.world = make_world(stock=STOCK)
        self.price = self.world.sku.price_minor
        self.on_hand = STOCK
        self.lives: dict[UUID, Life] = {}
        self.parcels = 0

    def free(self) -> int:
        """Pieces that can be sold."""
        reserved = sum(life.pieces for life in self.lives.values() if life.state in UNPAID)
        return self.on_hand - reserved - self.sold()

    def sold(self) -> int:
        """Pieces that are paid and wait to be sent."""
        return sum(life.unsent for life in self.lives.values() if life.state in TO_SHIP)

    def place(self, pieces: int, *, is_presale: bool = False) -> Life | None:
        """An order, or None where too little is free."""
        fields: dict[str, Any] = {}
        if is_presale:
            opened = now() - timedelta(minutes=1)
            fields = {"deposit_minor": 1_000, "balance_from": opened}
            fields["balance_until"] = opened + timedelta(days=1)
        try:
            with transaction.atomic():
                order = self.world.order(quantity=pieces, **fields)
        except Problem:
            assert pieces > self.free()
            return None
        assert pieces <= self.free()
        life = Life(order.id, pieces, self.price, fields.get("deposit_minor", 0))
        self.lives[order.id] = life
        return life

    def pay(self, life: Life) -> None:
        """The next payment that is due."""
        buy(self.world, Order.objects.get(id=life.key))
        if life.state == "awaiting_payment" and life.deposit:
            life.state, life.paid = "deposit_paid", life.deposit
        else:
            life.state, life.paid = "paid", life.price * life.pieces

    def ship(self, life: Life, pieces: int) -> None:
        """A parcel, or none where the shop may not send that."""
        self.parcels += 1
        try:
            with transaction.atomic():
                shipping.do_ship(
                    actor=self.world.owner,
                    shop_id=self.world.shop.id,
                    order_id=life.key,
                    carrier="SF",
                    tracking_no=f"SF{self.parcels}",
                    pieces={1: pieces},
                )
        except Problem:
            assert life.case is not None or pieces > life.unsent or life.state not in TO_SHIP
            return
        assert life.case is None
        life.shipped += pieces
        life.state = "partly_shipped" if life.unsent else "shipped"
        self.on_hand -= pieces

    def deliver(self, life: Life) -> None:
        """The carrier hands over every parcel that left."""
        for parcel in Shipment.objects.filter(order_id=life.key, signed_at=None):
            shipping.do_sign(actor=self.world.owner, order_id=life.key, shipment_id=parcel.id)
        if life.state == "shipped":
            life.state = "signed"

    def confirm(self, life: Life) -> None:
        """The buyer has everything."""
        receiving.do_confirm_receipt(actor=self.world.buyer, order_id=life.key)
        life.state = "completed"

    def bring(self, life: Life, stage: str) -> None:
        """Bring a fresh order as far as a stage."""
        if stage == "unpaid":
            return
        self.pay(life)
        if stage in {"partly", "shipped", "signed", "completed"}:
            self.ship(life, 1 if stage == "partly" else life.pieces)
        if stage == "signed":
            self.deliver(life)
        if stage == "completed":
            self.confirm(life)

    def ask(self, life: Life, kind: Kind, pieces: int, *, is_sent: bool, is_part: bool) -> None:
        """The buyer asks about pieces, for all they are worth or half of it."""
        kind = kind if is_sent else Kind.REFUND_ONLY
        most = life.with_buyer if is_sent else life.unsent
        worth = life.worth(pieces) if pieces <= most else 0
        is_part = is_part and is_sent and kind != Kind.EXCHANGE and worth > 1
        amount = worth // 2 if is_part else worth
        try:
            with transaction.atomic():
                case = cases.do_open(
                    actor=self.world.buyer,
                    order_id=life.key,
                    kind=kind,
                    reason="quality" if is_sent else "not_wanted",
                    lines={1: Asked(pieces, amount if is_part else None)},
                )
        except Problem:
            assert life.case is not None or pieces > most
            return
        assert life.case is None
        assert pieces <= most
        assert case.amount_minor == amount
        life.case = Ask(case.id, kind, pieces, amount, is_sent)
        if not is_sent and life.state == "paid" and life.paid <= 30_000:
            self.give(life)

    def give(self, life: Life) -> None:
        """The money of a case goes back, and what follows for its order."""
        case = life.case
        assert case is not None
        is_whole = case.amount == life.worth(case.pieces)
        if not case.is_sent:
            life.dropped += case.pieces
        elif case.kind != Kind.REFUND_ONLY or is_whole:
            life.back += case.pieces
        life.refunded += case.amount
        life.case = None
        is_all = life.dropped + life.back == life.pieces and life.refunded == life.paid
        if is_all and life.state != "completed":
            life.state = "closed"
        elif life.state == "partly_shipped" and not life.unsent:
            waits = Shipment.objects.filter(order_id=life.key, signed_at=None).exists()
            life.state = "shipped" if waits else "signed"

    def follow(self, life: Life, after: str) -> None:
        """A case came to a state by a step that gives no money."""
        assert life.case is not None
        life.case.state = after
        if after in {"closed", "succeeded"}:
            life.case = None

    def agree(self, life: Life) -> None:
        """The shop agrees to what is asked."""
        case = life.case
        assert case is not None
        cases.do_agree(actor=self.world.owner, case_id=case.id, return_to=RETURN_TO)
        if case.kind == Kind.REFUND_ONLY:
            self.give(life)
        else:
            self.follow(life, "awaiting_return")

    def taken_back(self, life: Life) -> None:
        """The goods are with the shop again."""
        assert life.case is not None
        if life.case.kind == Kind.EXCHANGE:
            self.follow(life, "awaiting_replacement")
        else:
            self.give(life)

    def replace(self, life: Life) -> None:
        """Other pieces leave, where some are free."""
        case = life.case
        assert case is not None
        try:
            with transaction.atomic():
                goods.do_replace(
                    actor=self.world.owner, case_id=case.id, carrier="SF", tracking_no="1"
                )
        except Problem:
            assert self.free() < case.pieces
            return
        self.on_hand -= case.pieces
        self.follow(life, "awaiting_buyer_receipt")

    def passed(self, life: Life, has_address: bool) -> None:
        """What the deadlines say follows by itself."""
        assert life.case is not None
        match life.case.state:
            case "awaiting_seller" if life.case.kind == Kind.REFUND_ONLY:
                self.give(life)
            case "awaiting_seller":
                self.follow(life, "awaiting_return" if has_address else "intervening")
            case "refused" | "awaiting_return":
                self.follow(life, "closed")
            case "awaiting_seller_receipt":
                self.taken_back(life)
            case "awaiting_replacement":
                self.give(life)
            case "awaiting_buyer_receipt":
                self.follow(life, "succeeded")

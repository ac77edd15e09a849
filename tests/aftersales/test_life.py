"""The whole life of orders against a model that fits in a head.

Whatever happens in whatever order, to orders paid whole or by deposit and balance: the stock's sums
hold piece by piece, every amount is where the model says, the books balance, and every step in an
order's history is one of the table's.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.aftersales.worlds import RETURN_TO, make_world
from tests.payments.checkouts import buy

from yellowcart.aftersales import actions as cases
from yellowcart.aftersales import deciding, goods
from yellowcart.aftersales.models import Case, CaseEvent, CaseLine
from yellowcart.aftersales.rules import Asked
from yellowcart.aftersales.states import STEPS as CASE_STEPS
from yellowcart.aftersales.states import Kind
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.ledger.queries import balance, trial_balance
from yellowcart.ledger.rules import Kind as Account
from yellowcart.orders import actions, receiving, shipping
from yellowcart.orders.models import Order, OrderEvent, OrderLine, Shipment
from yellowcart.orders.states import STEPS

STOCK = 12
UNPAID = {"awaiting_payment", "deposit_paid"}
GONE = {"closed", "completed"}


@dataclass
class Life:
    """An order as the model knows it. One line; amounts in minor units."""

    pieces: int
    price: int
    deposit: int = 0
    state: str = "awaiting_payment"
    paid: int = 0
    refunded: int = 0
    shipped: int = 0
    dropped: int = 0
    back: int = 0
    case: dict[str, Any] | None = field(default=None)

    @property
    def unsent(self) -> int:
        return self.pieces - self.shipped - self.dropped

    @property
    def with_buyer(self) -> int:
        return self.shipped - self.back

    def worth(self, pieces: int) -> int:
        """What pieces are worth: all pieces cost the same, and amounts part evenly here."""
        left = self.pieces - self.dropped - self.back
        money = self.price * self.pieces - self.refunded
        return money if pieces >= left else money * pieces // left


class Lives(RuleBasedStateMachine):
    """See the module."""

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world = make_world(stock=STOCK)
        self.price = self.world.sku.price_minor
        self.on_hand = STOCK
        self.lives: dict[UUID, Life] = {}
        self.parcels = 0

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # What the rules choose from

    def some(self, data: st.DataObject, wanted: Any) -> tuple[UUID, Life] | None:
        fitting = sorted(key for key, life in self.lives.items() if wanted(life))
        if not fitting:
            return None
        key = data.draw(st.sampled_from(fitting))
        return key, self.lives[key]

    def free(self) -> int:
        promised = sum(
            life.pieces if life.state in UNPAID else life.unsent
            for life in self.lives.values()
            if life.state in UNPAID or life.state not in GONE
        )
        return self.on_hand - promised

    # Before and at the payment

    @rule(pieces=st.integers(1, 4), is_presale=st.booleans())
    def place(self, pieces: int, is_presale: bool) -> None:
        fields: dict[str, Any] = {}
        if is_presale:
            at = now()
            fields = {
                "deposit_minor": 1_000,
                "balance_from": at - timedelta(minutes=1),
                "balance_until": at + timedelta(days=1),
            }
        try:
            with transaction.atomic():
                order = self.world.order(quantity=pieces, **fields)
        except Problem:
            assert pieces > self.free()
            return
        assert pieces <= self.free()
        self.lives[order.id] = Life(pieces, self.price, fields.get("deposit_minor", 0))

    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        if (found := self.some(data, lambda life: life.state in UNPAID)) is None:
            return
        key, life = found
        buy(self.world, Order.objects.get(id=key))
        whole = life.price * life.pieces
        if life.state == "awaiting_payment" and life.deposit:
            life.state, life.paid = "deposit_paid", life.deposit
        else:
            life.state, life.paid = "paid", whole

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if (found := self.some(data, lambda life: life.state not in GONE)) is None:
            return
        key, life = found
        try:
            with transaction.atomic():
                actions.do_cancel_unpaid(actor=self.world.buyer, order_id=key)
        except Problem:
            assert life.state != "awaiting_payment"
            return
        assert life.state == "awaiting_payment"
        life.state = "closed"

    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        if (found := self.some(data, lambda life: life.state in UNPAID)) is None:
            return
        at = Order.objects.get(id=found[0]).expires_at
        due = Order.objects.filter(expires_at__lte=at, state__in=sorted(UNPAID))
        keys = list(due.values_list("id", flat=True))
        assert actions.do_expire_due(at) == len(keys)
        for key in keys:
            self.lives[key].state = "closed"

    # On the way

    @rule(data=st.data(), pieces=st.integers(1, 4))
    def ship(self, data: st.DataObject, pieces: int) -> None:
        if (found := self.some(data, lambda life: life.state not in GONE)) is None:
            return
        key, life = found
        self.parcels += 1
        try:
            with transaction.atomic():
                shipping.do_ship(
                    actor=self.world.owner,
                    shop_id=self.world.shop.id,
                    order_id=key,
                    carrier="SF",
                    tracking_no=f"SF{self.parcels}",
                    pieces={1: pieces},
                )
        except Problem:
            is_waiting = life.state in {"paid", "partly_shipped"} and life.case is None
            assert not is_waiting or pieces > life.unsent
            return
        assert life.case is None
        life.shipped += pieces
        life.state = "partly_shipped" if life.unsent else "shipped"
        self.on_hand -= pieces

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        found = self.some(data, lambda life: life.state in {"partly_shipped", "shipped"})
        if found is None:
            return
        key, life = found
        for parcel in Shipment.objects.filter(order_id=key, signed_at=None):
            shipping.do_sign(actor=self.world.owner, order_id=key, shipment_id=parcel.id)
        if life.state == "shipped":
            life.state = "signed"

    @rule(data=st.data(), is_buyer=st.booleans())
    def receive(self, data: st.DataObject, is_buyer: bool) -> None:
        if (found := self.some(data, lambda life: life.state in {"shipped", "signed"})) is None:
            return
        key, life = found
        if is_buyer:
            receiving.do_confirm_receipt(actor=self.world.buyer, order_id=key)
            life.state = "completed"
            return
        at = Order.objects.get(id=key).receipt_at
        due = Order.objects.filter(receipt_at__lte=at, state__in=["shipped", "signed"])
        looked = {one.id: one for one in due.filter(open_cases=0)}
        assert receiving.do_receive_due(at) == len(looked)
        for one in looked.values():
            if one.state == "signed" or one.receipt_stage == 2:
                self.lives[one.id].state = "completed"

    @rule(data=st.data(), is_buyer=st.booleans())
    def extend(self, data: st.DataObject, is_buyer: bool) -> None:
        if (found := self.some(data, lambda life: life.state in {"shipped", "signed"})) is None:
            return
        actor = self.world.buyer if is_buyer else self.world.owner
        before = Order.objects.get(id=found[0])
        try:
            with transaction.atomic():
                receiving.do_extend_receipt(actor=actor, order_id=found[0], days=5)
        except Problem:
            assert is_buyer
            assert before.buyer_extensions == 1
            return
        after = Order.objects.get(id=found[0])
        assert after.receipt_at - before.receipt_at == timedelta(days=3 if is_buyer else 5)

    # Cases

    @rule(
        data=st.data(),
        kind=st.sampled_from(Kind),
        pieces=st.integers(1, 4),
        is_sent=st.booleans(),
        is_part=st.booleans(),
    )
    def ask(
        self, data: st.DataObject, kind: Kind, pieces: int, is_sent: bool, is_part: bool
    ) -> None:
        if (found := self.some(data, lambda life: True)) is None:
            return
        key, life = found
        kind = kind if is_sent else Kind.REFUND_ONLY
        most = life.with_buyer if is_sent else life.unsent
        is_askable = life.state not in UNPAID | {"closed"} and life.case is None
        worth = life.worth(pieces) if 0 < pieces <= most else 0
        is_part = is_part and is_sent and kind != Kind.EXCHANGE and worth > 1
        amount = worth // 2 if is_part else worth
        try:
            with transaction.atomic():
                case = cases.do_open(
                    actor=self.world.buyer,
                    order_id=key,
                    kind=kind,
                    reason="quality" if is_sent else "not_wanted",
                    lines={1: Asked(pieces, amount if is_part else None)},
                )
        except Problem:
            assert not is_askable or pieces > most
            return
        assert is_askable
        assert pieces <= most
        assert case.amount_minor == amount
        life.case = {
            "id": case.id,
            "kind": kind,
            "pieces": pieces,
            "amount": amount,
            "is_sent": is_sent,
            "state": "awaiting_seller",
        }
        if not is_sent and life.state == "paid" and life.paid <= 30_000:
            self.give(life)

    def give(self, life: Life) -> None:
        """The money of a case goes back, and what follows for its order."""
        case = life.case
        assert case is not None
        pieces, amount = case["pieces"], case["amount"]
        is_whole = amount == life.worth(pieces)
        if not case["is_sent"]:
            life.dropped += pieces
        elif case["kind"] != Kind.REFUND_ONLY or is_whole:
            life.back += pieces
        life.refunded += amount
        life.case = None
        is_all = life.dropped + life.back == life.pieces and life.refunded == life.paid
        if is_all and life.state != "completed":
            life.state = "closed"
        elif life.state == "partly_shipped" and not life.unsent:
            unsigned = Shipment.objects.filter(order_id=self.key_of(life), signed_at=None)
            life.state = "shipped" if unsigned.exists() else "signed"

    def key_of(self, life: Life) -> UUID:
        return next(key for key, one in self.lives.items() if one is life)

    def follow(self, life: Life, after: str) -> None:
        """A case came to a state by a step that gives no money."""
        assert life.case is not None
        life.case["state"] = after
        if after in {"closed", "succeeded"}:
            life.case = None

    @rule(data=st.data(), answer=st.sampled_from(["agree", "refuse", "withdraw"]))
    def answer(self, data: st.DataObject, answer: str) -> None:
        found = self.some(
            data, lambda life: life.case is not None and life.case["state"] == "awaiting_seller"
        )
        if found is None:
            return
        life, case_id = found[1], found[1].case["id"]
        if answer == "refuse":
            cases.do_refuse(actor=self.world.owner, case_id=case_id, words="No.")
            self.follow(life, "refused")
        elif answer == "withdraw":
            cases.do_withdraw(actor=self.world.buyer, case_id=case_id)
            self.follow(life, "closed")
        else:
            cases.do_agree(actor=self.world.owner, case_id=case_id, return_to=RETURN_TO)
            if life.case["kind"] == Kind.REFUND_ONLY:
                self.give(life)
            else:
                self.follow(life, "awaiting_return")

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """The step that brings a case to its good end."""
        found = self.some(
            data, lambda life: life.case is not None and life.case["state"] != "awaiting_seller"
        )
        if found is None:
            return
        life, case = found[1], found[1].case
        buyer, owner, case_id = self.world.buyer, self.world.owner, found[1].case["id"]
        match case["state"]:
            case "refused":
                cases.do_ask_platform(actor=buyer, case_id=case_id, words="Please.")
                self.follow(life, "intervening")
            case "awaiting_return":
                cases.do_send_back(actor=buyer, case_id=case_id, carrier="YT", tracking_no="1")
                self.follow(life, "awaiting_seller_receipt")
            case "awaiting_seller_receipt":
                cases.do_take_back(actor=owner, case_id=case_id)
                self.taken_back(life)
            case "awaiting_replacement":
                try:
                    with transaction.atomic():
                        goods.do_replace(
                            actor=owner, case_id=case_id, carrier="SF", tracking_no="1"
                        )
                except Problem:
                    assert self.free() < case["pieces"]
                    return
                self.on_hand -= case["pieces"]
                self.follow(life, "awaiting_buyer_receipt")
            case "awaiting_buyer_receipt":
                cases.do_receive_replacement(actor=buyer, case_id=case_id)
                self.follow(life, "succeeded")

    def taken_back(self, life: Life) -> None:
        if life.case["kind"] == Kind.EXCHANGE:
            self.follow(life, "awaiting_replacement")
        else:
            self.give(life)

    @rule(data=st.data())
    def let_time_pass(self, data: st.DataObject) -> None:
        found = self.some(data, lambda life: life.case is not None)
        if found is None or found[1].case["state"] == "intervening":
            return
        at = Case.objects.get(id=found[1].case["id"]).deadline_at
        due = set(Case.objects.filter(deadline_at__lte=at).values_list("id", flat=True))
        has_address = Case.objects.exclude(return_to={}).exists()
        assert deciding.do_step_due(at) == len(due)
        for life in self.lives.values():
            if life.case is not None and life.case["id"] in due:
                self.passed(life, has_address)

    def passed(self, life: Life, has_address: bool) -> None:
        """What the deadlines say follows by itself."""
        is_exchange = life.case["kind"] == Kind.EXCHANGE
        match life.case["state"]:
            case "awaiting_seller" if life.case["kind"] == Kind.REFUND_ONLY:
                self.give(life)
            case "awaiting_seller":
                self.follow(life, "awaiting_return" if has_address else "intervening")
            case "refused" | "awaiting_return":
                self.follow(life, "closed")
            case "awaiting_seller_receipt":
                self.taken_back(life)
            case "awaiting_replacement":
                assert is_exchange
                self.give(life)
            case "awaiting_buyer_receipt":
                self.follow(life, "succeeded")

    @rule(data=st.data())
    def restock(self, data: st.DataObject) -> None:
        waiting = [case for case in Case.objects.filter(restocked_at=None) if _is_back(case)]
        if not waiting:
            return
        case = data.draw(st.sampled_from(sorted(waiting, key=lambda one: one.id)))
        goods.do_restock(actor=self.world.owner, case_id=case.id)
        self.on_hand += CaseLine.objects.get(case_id=case.id).quantity

    # What always holds

    @invariant()
    def stock_adds_up(self) -> None:
        if not hasattr(self, "lives"):
            return
        lives = self.lives.values()
        reserved = sum(life.pieces for life in lives if life.state in UNPAID)
        sold = sum(life.unsent for life in lives if life.state in {"paid", "partly_shipped"})
        assert self.world.stock() == (self.on_hand, reserved, sold)

    @invariant()
    def money_adds_up(self) -> None:
        if not hasattr(self, "lives"):
            return
        paid = sum(life.paid for life in self.lives.values())
        refunded = sum(life.refunded for life in self.lives.values())
        shop, buyer = f"shop:{self.world.shop.id}", f"buyer:{self.world.buyer.id}"
        assert balance("provider:sandbox", Account.CASH, "CNY") == paid
        assert balance(shop, Account.HELD, "CNY") == refunded - paid
        assert balance(buyer, Account.PAYABLE, "CNY") == -refunded
        assert set(trial_balance().values()) <= {0}

    @invariant()
    def every_order_is_as_the_model_says(self) -> None:
        if not hasattr(self, "lives"):
            return
        lines = {line.order_id: line for line in OrderLine.objects.all()}
        for order in Order.objects.all():
            life, line = self.lives[order.id], lines[order.id]
            assert order.state == life.state
            assert (order.paid_minor, order.refunded_minor) == (life.paid, life.refunded)
            assert order.open_cases == (life.case is not None)
            assert (line.shipped_quantity, line.dropped_quantity) == (life.shipped, life.dropped)
            assert line.refunded_quantity == life.dropped + life.back
            assert line.refunded_minor == life.refunded

    @invariant()
    def every_step_is_one_of_the_tables(self) -> None:
        if not hasattr(self, "lives"):
            return
        states = dict.fromkeys(self.lives, "awaiting_payment")
        for event in OrderEvent.objects.order_by("at", "id"):
            if event.verb in STEPS:
                step = STEPS[event.verb]
                assert states[event.order_id] in step.before
                assert event.state == (step.after or states[event.order_id])
            states[event.order_id] = event.state
        assert states == {key: life.state for key, life in self.lives.items()}
        stands: dict[UUID, str] = {}
        for event in CaseEvent.objects.order_by("at", "id"):
            if event.verb in CASE_STEPS:
                assert stands[event.case_id] in CASE_STEPS[event.verb].before
                assert event.state == CASE_STEPS[event.verb].after
            stands[event.case_id] = event.state
        for life in self.lives.values():
            if life.case is not None:
                assert stands[life.case["id"]] == life.case["state"]


def _is_back(case: Case) -> bool:
    is_back = case.state in {"awaiting_replacement", "awaiting_buyer_receipt", "succeeded"}
    return is_back and bool(case.return_tracking_no)


@pytest.mark.django_db
def test_any_life_of_orders_is_the_models() -> None:
    run_state_machine_as_test(
        Lives, settings=hypothesis_settings(max_examples=12, stateful_step_count=30, deadline=None)
    )

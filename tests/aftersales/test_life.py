"""The whole life of orders against a model that fits in a head.

Whatever happens in whatever order, to orders paid whole or by deposit and balance: the stock's sums
hold piece by piece, every amount is where the model says, the books balance, and every step in a
history is one of the tables'.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.aftersales.lives import GONE, ON_THE_WAY, TO_SHIP, UNPAID, Life, Street
from tests.factories import make_operator

from yellowcart.aftersales import actions as cases
from yellowcart.aftersales import deciding, goods
from yellowcart.aftersales.models import Case, CaseEvent, CaseLine
from yellowcart.aftersales.states import STEPS as CASE_STEPS
from yellowcart.aftersales.states import Kind
from yellowcart.core.problems import Problem
from yellowcart.ledger.queries import balance, trial_balance
from yellowcart.ledger.rules import Kind as Account
from yellowcart.orders import actions, receiving
from yellowcart.orders.models import Order, OrderEvent, OrderLine
from yellowcart.orders.states import STEPS

STAGES = ["unpaid", "paid", "partly", "shipped", "signed", "completed"]
#: What may be asked: the kind, whether about sent pieces, and whether for a part of the price.
ASKS = [
    (Kind.REFUND_ONLY, False, False),
    (Kind.REFUND_ONLY, True, False),
    (Kind.REFUND_ONLY, True, True),
    (Kind.RETURN_REFUND, True, False),
    (Kind.RETURN_REFUND, True, True),
    (Kind.EXCHANGE, True, False),
]
Wanted = Callable[[Life], bool]


def unpaid(life: Life) -> bool:
    return life.state in UNPAID


def to_ship(life: Life) -> bool:
    return life.state in TO_SHIP


def on_the_way(life: Life) -> bool:
    return life.state in ON_THE_WAY


def askable(life: Life) -> bool:
    return life.state not in UNPAID | {"closed"} and bool(life.unsent or life.with_buyer)


def asked(life: Life) -> bool:
    return life.case is not None and life.case.state == "awaiting_seller"


def going_on(life: Life) -> bool:
    return life.case is not None and life.case.state != "awaiting_seller"


def running_out(life: Life) -> bool:
    return life.case is not None and life.case.state != "intervening"


def where(wanted: Wanted) -> Callable[..., Callable[..., None]]:
    """Only while there is such an order: steps that find nothing to do would be wasted."""
    return precondition(lambda self: any(map(wanted, self.street.lives.values())))


class Lives(RuleBasedStateMachine):
    """See the module."""

    @initialize(stages=st.lists(st.sampled_from(STAGES), min_size=3, max_size=5))
    def begin(self, stages: list[str]) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.street = Street()
        self.operator = make_operator()
        for number, stage in enumerate(stages):
            life = self.street.place(2 + number)
            assert life is not None
            self.street.bring(life, stage)

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def some(self, data: st.DataObject, wanted: Wanted) -> Life:
        lives = self.street.lives
        fitting = sorted(key for key, life in lives.items() if wanted(life))
        return lives[data.draw(st.sampled_from(fitting))]

    # Before and at the payment

    @rule(pieces=st.integers(1, 6), is_presale=st.booleans())
    def place(self, pieces: int, is_presale: bool) -> None:
        self.street.place(pieces, is_presale=is_presale)

    @where(unpaid)
    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        self.street.pay(self.some(data, unpaid))

    @where(lambda life: life.state not in GONE)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        life = self.some(data, lambda life: life.state not in GONE)
        try:
            with transaction.atomic():
                actions.do_cancel_unpaid(actor=self.street.world.buyer, order_id=life.key)
        except Problem:
            assert life.state != "awaiting_payment"
            return
        assert life.state == "awaiting_payment"
        life.state = "closed"

    @where(unpaid)
    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        at = Order.objects.get(id=self.some(data, unpaid).key).expires_at
        due = Order.objects.filter(expires_at__lte=at, state__in=sorted(UNPAID))
        keys = list(due.values_list("id", flat=True))
        assert actions.do_expire_due(at) == len(keys)
        for key in keys:
            self.street.lives[key].state = "closed"

    # On the way

    @where(to_ship)
    @rule(data=st.data(), pieces=st.integers(1, 3))
    def ship(self, data: st.DataObject, pieces: int) -> None:
        self.street.ship(self.some(data, to_ship), pieces)

    @where(lambda life: life.shipped > 0 and life.state not in GONE)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        self.street.deliver(
            self.some(data, lambda life: life.shipped > 0 and life.state not in GONE)
        )

    @where(on_the_way)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        self.street.confirm(self.some(data, on_the_way))

    @where(on_the_way)
    @rule(data=st.data())
    def receive(self, data: st.DataObject) -> None:
        at = Order.objects.get(id=self.some(data, on_the_way).key).receipt_at
        due = Order.objects.filter(receipt_at__lte=at, state__in=sorted(ON_THE_WAY), open_cases=0)
        looked = list(due)
        assert receiving.do_receive_due(at) == len(looked)
        for one in looked:
            if one.state == "signed" or one.receipt_stage == 2:
                self.street.lives[one.id].state = "completed"

    @where(on_the_way)
    @rule(data=st.data(), is_buyer=st.booleans())
    def extend(self, data: st.DataObject, is_buyer: bool) -> None:
        world, key = self.street.world, self.some(data, on_the_way).key
        actor = world.buyer if is_buyer else world.owner
        before = Order.objects.get(id=key)
        try:
            with transaction.atomic():
                receiving.do_extend_receipt(actor=actor, order_id=key, days=5)
        except Problem:
            assert is_buyer
            assert before.buyer_extensions == 1
            return
        after = Order.objects.get(id=key)
        assert after.receipt_at - before.receipt_at == timedelta(days=3 if is_buyer else 5)

    # Cases

    @where(askable)
    @rule(data=st.data(), wanted=st.sampled_from(ASKS))
    def ask(self, data: st.DataObject, wanted: tuple[Kind, bool, bool]) -> None:
        life = self.some(data, askable)
        pieces = data.draw(st.integers(1, life.pieces))
        kind, is_sent, is_part = wanted
        self.street.ask(life, kind, pieces, is_sent=is_sent, is_part=is_part)

    @where(asked)
    @rule(data=st.data(), answer=st.sampled_from(["agree", "agree", "refuse", "withdraw"]))
    def answer(self, data: st.DataObject, answer: str) -> None:
        life = self.some(data, asked)
        if answer == "agree":
            self.street.agree(life)
        elif answer == "refuse":
            cases.do_refuse(actor=self.street.world.owner, case_id=life.case.id, words="No.")
            self.street.follow(life, "refused")
        else:
            cases.do_withdraw(actor=self.street.world.buyer, case_id=life.case.id)
            self.street.follow(life, "closed")

    @where(going_on)
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """The step that brings a case on."""
        life = self.some(data, going_on)
        world, case = self.street.world, life.case
        match case.state:
            case "refused":
                cases.do_ask_platform(actor=world.buyer, case_id=case.id, words="Please.")
                self.street.follow(life, "intervening")
            case "intervening":
                decision = data.draw(st.sampled_from(["refund", "refusal"]))
                deciding.do_decide(
                    actor=self.operator, case_id=case.id, decision=decision, words="So."
                )
                if decision == "refund":
                    self.street.give(life)
                else:
                    self.street.follow(life, "closed")
            case "awaiting_return":
                cases.do_send_back(
                    actor=world.buyer, case_id=case.id, carrier="YT", tracking_no="1"
                )
                self.street.follow(life, "awaiting_seller_receipt")
            case "awaiting_seller_receipt":
                cases.do_take_back(actor=world.owner, case_id=case.id)
                self.street.taken_back(life)
            case "awaiting_replacement":
                self.street.replace(life)
            case "awaiting_buyer_receipt":
                cases.do_receive_replacement(actor=world.buyer, case_id=case.id)
                self.street.follow(life, "succeeded")

    @where(running_out)
    @rule(data=st.data())
    def let_time_pass(self, data: st.DataObject) -> None:
        at = Case.objects.get(id=self.some(data, running_out).case.id).deadline_at
        due = set(Case.objects.filter(deadline_at__lte=at).values_list("id", flat=True))
        has_address = Case.objects.exclude(return_to={}).exists()
        assert deciding.do_step_due(at) == len(due)
        for life in self.street.lives.values():
            if life.case is not None and life.case.id in due:
                self.street.passed(life, has_address)

    @rule(data=st.data())
    def restock(self, data: st.DataObject) -> None:
        states = ["awaiting_replacement", "awaiting_buyer_receipt", "succeeded"]
        back = Case.objects.filter(state__in=states, restocked_at=None)
        waiting = sorted(back.exclude(return_tracking_no="").values_list("id", flat=True))
        if waiting:
            case_id = data.draw(st.sampled_from(waiting))
            goods.do_restock(actor=self.street.world.owner, case_id=case_id)
            self.street.on_hand += CaseLine.objects.get(case_id=case_id).quantity

    # What always holds

    @invariant()
    def stock_adds_up(self) -> None:
        if hasattr(self, "street"):
            lives = self.street.lives.values()
            reserved = sum(life.pieces for life in lives if life.state in UNPAID)
            expected = (self.street.on_hand, reserved, self.street.sold())
            assert self.street.world.stock() == expected

    @invariant()
    def money_adds_up(self) -> None:
        if not hasattr(self, "street"):
            return
        lives, world = self.street.lives.values(), self.street.world
        paid = sum(life.paid for life in lives)
        refunded = sum(life.refunded for life in lives)
        assert balance("provider:sandbox", Account.CASH, "CNY") == paid
        assert balance(f"shop:{world.shop.id}", Account.HELD, "CNY") == refunded - paid
        assert balance(f"buyer:{world.buyer.id}", Account.PAYABLE, "CNY") == -refunded
        assert set(trial_balance().values()) <= {0}

    @invariant()
    def every_order_is_as_the_model_says(self) -> None:
        if not hasattr(self, "street"):
            return
        lines = {line.order_id: line for line in OrderLine.objects.all()}
        for order in Order.objects.all():
            life, line = self.street.lives[order.id], lines[order.id]
            assert order.state == life.state
            assert (order.paid_minor, order.refunded_minor) == (life.paid, life.refunded)
            assert order.open_cases == (life.case is not None)
            assert (line.shipped_quantity, line.dropped_quantity) == (life.shipped, life.dropped)
            assert line.refunded_quantity == life.dropped + life.back
            assert line.refunded_minor == life.refunded

    @invariant()
    def every_step_is_one_of_the_tables(self) -> None:
        if not hasattr(self, "street"):
            return
        lives = self.street.lives
        states = dict.fromkeys(lives, "awaiting_payment")
        for event in OrderEvent.objects.order_by("at", "id"):
            before = states[event.order_id]
            if event.verb in STEPS:
                assert before in STEPS[event.verb].before
                assert event.state == (STEPS[event.verb].after or before)
            states[event.order_id] = event.state
        assert states == {key: life.state for key, life in lives.items()}
        stands: dict[UUID, str] = {}
        for event in CaseEvent.objects.order_by("at", "id"):
            if event.verb in CASE_STEPS:
                assert stands[event.case_id] in CASE_STEPS[event.verb].before
                assert event.state == CASE_STEPS[event.verb].after
            stands[event.case_id] = event.state
        for life in lives.values():
            if life.case is not None:
                assert stands[life.case.id] == life.case.state


@pytest.mark.django_db
def test_any_life_of_orders_is_the_models() -> None:
    run_state_machine_as_test(
        Lives,
        settings=hypothesis_settings(max_examples=15, stateful_step_count=25, deadline=None),
    )

"""Days that are kept: whatever happens in whatever order, every figure is that of the orders."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.insights.sales import at, order
from tests.rivals import Together

from yellowcart.core import clock, outbox
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.core.outbox import Event
from yellowcart.insights import days_kept, queries, sums
from yellowcart.insights.models import KeptDay, KeptSales
from yellowcart.insights.rules import (
    Definition,
    Dimension,
    Figures,
    Scope,
    Window,
    counted_minor,
    period_name,
)
from yellowcart.orders import events
from yellowcart.orders.models import Order

pytestmark = pytest.mark.django_db

CUTS = (Dimension.SOURCE, Dimension.INTEGRATION, Dimension.SURFACE, Dimension.LOOP, Dimension.DAY)
BYS = [some for size in (0, 1, 2, 5) for some in combinations(CUTS, size)]
DAY = timedelta(days=1)


def set_clock(instant: datetime) -> None:
    clock.set_timeline(clock.starting_at(instant))


def keep_all() -> None:
    days_kept.do_plan(clock.now())
    while days_kept.do_keep(clock.now(), 20):
        pass


def kept(dated: str = "paid") -> set[datetime]:
    return set(
        KeptDay.objects.filter(dated=dated, is_kept=True).values_list("starts_at", flat=True)
    )


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Have every figure read from the orders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(days_kept, "kept_parts", lambda window, *_more, **_named: ([], [window]))
        yield


def told(*instants: datetime) -> None:
    """The outbox tells of orders."""
    days_kept.on_orders([Event(new_id(), new_id(), "", None, {}, one) for one in instants])


def by_hand(
    window: Window, definition: Definition, by: tuple[Dimension, ...], scope: Scope
) -> list[Figures]:
    """The figures from every order there is, one by one."""
    found: dict[tuple[tuple[str, ...], str], list[tuple[int, UUID]]] = {}
    for one in Order.objects.all():
        dated = one.placed_at if definition is Definition.PLACED else one.paid_at
        counted = counted_minor(
            definition,
            amount_minor=one.amount_minor,
            refunded_minor=one.refunded_minor,
            paid=one.paid_at is not None,
            closed=one.state == "closed",
        )
        if (
            dated is None
            or counted is None
            or not window.start <= dated < window.until
            or scope.shop_id not in {None, one.shop_id}
            or scope.source not in {"", one.source}
            or scope.surface not in {"", one.surface}
        ):
            continue
        values = {
            Dimension.SOURCE: one.source,
            Dimension.INTEGRATION: one.integration,
            Dimension.SURFACE: one.surface,
            Dimension.LOOP: "closed",
            Dimension.DAY: period_name(dated.astimezone(queries.platform_zone()), Dimension.DAY),
        }
        key = (tuple(values[name] for name in by), one.currency)
        found.setdefault(key, []).append((counted, one.buyer_id))
    return [
        Figures(
            dict(zip(by, key, strict=True)),
            currency,
            sum(counted for counted, _buyer in some),
            len(some),
            len({buyer for _counted, buyer in some}),
        )
        for (key, currency), some in sorted(found.items())
    ]


class Life(RuleBasedStateMachine):
    """Orders of a few shops over some weeks, and the duty that keeps their days."""

    def __init__(self) -> None:
        super().__init__()
        self.shops = [new_id() for _ in range(2)]
        self.buyers = [new_id() for _ in range(3)]
        self.untold: list[datetime] = []
        self.duty = days_kept.KeepDays()

    @initialize()
    def begin(self) -> None:
        for model in (Order, KeptDay, KeptSales):
            model.objects.all().delete()
        set_clock(at("11-10 20:00"))

    def place(self, when: datetime, draw: tuple[int, int, int, int], **more: Any) -> None:
        shop, buyer, goods, amount = draw
        source, integration, surface = [
            ("native", "native", "live_room"),
            ("native", "native", "shop_page"),
            ("mokuai", "supply", "live_room"),
        ][goods]
        order(
            amount,
            when,
            shop_id=self.shops[shop],
            buyer_id=self.buyers[buyer],
            source=source,
            integration=integration,
            surface=surface,
            currency="USD" if amount == 7 else "CNY",
            **more,
        )
        self.untold.append(when)

    drawn = st.tuples(
        st.integers(0, 1), st.integers(0, 2), st.integers(0, 2), st.sampled_from([0, 5, 7, 100])
    )

    @rule(draw=drawn, paid=st.booleans())
    def order_now(self, draw: tuple[int, int, int, int], paid: bool) -> None:
        at_once = {"paid_at": clock.now()} if paid else {"paid": False}
        self.place(clock.now(), draw, **at_once)

    @rule(draw=drawn, ago=st.timedeltas(timedelta(0), timedelta(days=12)))
    def order_late(self, draw: tuple[int, int, int, int], ago: timedelta) -> None:
        when = clock.now() - ago
        self.place(when, draw, paid_at=when)

    def some(self, number: int, **which: Any) -> Order | None:
        found = list(Order.objects.filter(**which).order_by("placed_at", "id"))
        return found[number % len(found)] if found else None

    def change(self, one: Order, **values: Any) -> None:
        Order.objects.filter(shop_id=one.shop_id, id=one.id).update(**values)

    @rule(number=st.integers(0, 50))
    def pay(self, number: int) -> None:
        if one := self.some(number, state="awaiting_payment"):
            self.change(one, state="paid", paid_at=clock.now())
            self.untold.append(clock.now())

    @rule(number=st.integers(0, 50), part=st.sampled_from([1, 2]))
    def refund(self, number: int, part: int) -> None:
        if one := self.some(number, paid_at__isnull=False):
            self.change(one, refunded_minor=one.amount_minor // part)

    @rule(number=st.integers(0, 50))
    def close(self, number: int) -> None:
        if one := self.some(number):
            self.change(one, state="closed")

    @rule(by=st.sampled_from([timedelta(hours=3), DAY, 3 * DAY]))
    def time_passes(self, by: timedelta) -> None:
        set_clock(clock.now() + by)

    @rule(by=st.sampled_from([timedelta(hours=5), 2 * DAY]))
    def clock_is_set_back(self, by: timedelta) -> None:
        set_clock(clock.now() - by)

    @rule(looks=st.integers(1, 4))
    def duty_looks(self, looks: int) -> None:
        for _ in range(looks):
            self.duty()

    @rule()
    def worker_starts_again(self) -> None:
        self.duty = days_kept.KeepDays()

    @precondition(lambda self: self.untold)
    @rule()
    def outbox_tells(self) -> None:
        told(*self.untold)
        self.untold = []

    @rule(
        start=st.timedeltas(timedelta(0), timedelta(days=15)),
        length=st.timedeltas(timedelta(hours=1), timedelta(days=15)),
        whole=st.booleans(),
        by=st.sampled_from(BYS),
        shop=st.sampled_from([None, 0, 1]),
        more=st.sampled_from([{}, {"source": "native"}, {"surface": "live_room"}]),
    )
    def figures_are_asked_for(
        self,
        start: timedelta,
        length: timedelta,
        whole: bool,
        by: tuple[Dimension, ...],
        shop: int | None,
        more: dict[str, str],
    ) -> None:
        if self.untold:
            self.outbox_tells()
        begin = clock.now() - start
        if whole:
            begin = begin.astimezone(queries.platform_zone()).replace(
                hour=0, minute=0, second=0, microsecond=0
            )
        window = Window(begin, begin + length)
        scope = Scope(shop_id=None if shop is None else self.shops[shop], **more)
        for definition in Definition:
            found = queries.sales(window, definition, by=by, scope=scope)
            with nothing_kept():
                live = queries.sales(window, definition, by=by, scope=scope)
            expected = by_hand(window, definition, by, scope)
            assert found.figures() == live.figures() == expected
            assert found.totals() == by_hand(window, definition, (), scope)


def test_any_life_of_orders_has_the_figures_of_its_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days_kept, "MANY", 2)
    monkeypatch.setattr(queries, "FEW_STRETCHES", 1)
    run_state_machine_as_test(
        Life, settings=hypothesis_settings(max_examples=30, stateful_step_count=25)
    )


def test_a_finished_day_is_kept_and_its_orders_are_not_read_again() -> None:
    shop = new_id()
    for amount in (100, 20):
        order(amount, at("11-14 09:00"), shop_id=shop)
    order(3, at("11-15 09:00"))
    set_clock(at("11-16 00:04"))
    keep_all()
    assert kept() == kept("placed") == {at("11-14 00:00")}
    set_clock(at("11-16 00:05"))
    keep_all()
    assert kept() == {at("11-14 00:00"), at("11-15 00:00")}
    window = Window(at("11-14 00:00"), at("11-16 00:00"))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        (row,) = queries.gmv(window, Definition.PLACED)
    assert (row.gmv_minor, row.sales, row.buyers) == (123, 3, 3)
    assert not any("orders_order" in one["sql"] for one in asked.captured_queries)


def test_only_shops_with_many_orders_have_sums_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(days_kept, "MANY", 2)
    big, small = new_id(), new_id()
    for shop, surface in ((big, "live_room"), (big, "profile"), (small, "profile")):
        order(1, at("11-14 09:00"), shop_id=shop, surface=surface)
    set_clock(at("11-15 12:00"))
    keep_all()
    assert set(KeptSales.objects.values_list("shop_id", flat=True)) == {days_kept.EVERYBODY, big}
    assert KeptSales.objects.filter(shop_id=big, dated="paid").count() == 2


def test_one_look_keeps_a_few_days_the_latest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days_kept, "BATCH", 2)
    order(1, at("11-01 09:00"))
    set_clock(at("11-15 12:00"))
    duty = days_kept.KeepDays()
    assert duty() == at("11-16 00:05")
    assert kept() == kept("placed") == {at("11-14 00:00")}
    duty()
    assert kept() == {at("11-14 00:00"), at("11-13 00:00")}
    while days_kept.waiting(clock.now()):
        duty()
    assert min(kept()) == at("11-01 00:00")
    assert len(kept()) == 14


def test_an_order_that_comes_late_is_in_the_figures_once_the_outbox_told_of_it() -> None:
    order(100, at("11-14 09:00"))
    set_clock(at("11-15 12:00"))
    keep_all()
    set_clock(at("11-14 23:00"))
    late = order(20, clock.now(), paid_at=clock.now())
    with transaction.atomic():
        outbox.append_all([events.step(events.PAID, late)])
    outbox.relay_all()
    assert kept() == kept("placed") == set()
    window = Window(at("11-14 00:00"), at("11-15 00:00"))
    for _look in range(2):
        (row,) = queries.gmv(window, Definition.PAID)
        assert row.gmv_minor == 120
        set_clock(at("11-15 12:00"))
        keep_all()
    assert kept() == {at("11-14 00:00")}


def test_an_order_of_today_leaves_what_is_kept() -> None:
    order(100, at("11-14 09:00"))
    set_clock(at("11-15 12:00"))
    keep_all()
    fresh = order(20, clock.now(), paid_at=clock.now())
    with transaction.atomic():
        outbox.append_all([events.step(events.PLACED, fresh)])
    outbox.relay_all()
    assert kept() == {at("11-14 00:00")}


def test_a_day_that_fails_half_way_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    order(100, at("11-14 09:00"))
    set_clock(at("11-15 12:00"))
    keep_all()
    told(at("11-14 10:00"))
    before = set(KeptSales.objects.values_list("dated", "starts_at", "amount_minor"))

    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("the machine went away")

    with monkeypatch.context() as patch:
        patch.setattr(KeptSales.objects, "bulk_create", fail)
        with pytest.raises(RuntimeError, match="went away"):
            days_kept.do_keep(clock.now(), 1)
    assert set(KeptSales.objects.values_list("dated", "starts_at", "amount_minor")) == before
    assert kept() == set()
    (row,) = queries.gmv(Window(at("11-14 00:00"), at("11-15 00:00")), Definition.PAID)
    assert row.gmv_minor == 100
    keep_all()
    assert kept() == {at("11-14 00:00")}


def test_days_of_another_zone_are_not_used_and_go(settings: Any) -> None:
    order(1, at("11-14 23:30"))
    order(20, at("11-15 00:30"))
    set_clock(at("11-16 12:00"))
    keep_all()
    settings.TIME_ZONE = "Asia/Tokyo"
    window = Window(
        parse_instant("2021-11-15T00:00+09:00"), parse_instant("2021-11-16T00:00+09:00")
    )
    for _look in range(2):
        (row,) = queries.gmv(window, Definition.PLACED, by=[Dimension.DAY])
        assert (row.gmv_minor, row.key[Dimension.DAY]) == (21, "2021-11-15")
        keep_all()
    assert at("11-15 00:00") not in set(KeptDay.objects.values_list("starts_at", flat=True))
    assert window.start in kept()


def test_a_day_on_which_clocks_are_put_back_is_kept_whole(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    start = parse_instant("2021-10-31T00:00+02:00")
    order(1, start)
    order(20, parse_instant("2021-10-31T23:58+01:00"))
    order(300, parse_instant("2021-11-01T00:00+01:00"))
    set_clock(parse_instant("2021-11-02T12:00+01:00"))
    keep_all()
    assert KeptDay.objects.get(dated="paid", starts_at=start).ends_at - start == timedelta(hours=25)
    rows = queries.gmv(Window(start, clock.now()), Definition.PLACED, by=[Dimension.DAY])
    assert [(row.key[Dimension.DAY], row.gmv_minor) for row in rows] == [
        ("2021-10-31", 21),
        ("2021-11-01", 300),
    ]


@pytest.mark.django_db(transaction=True)
def test_an_order_told_of_while_its_day_is_summed_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order(100, at("11-14 09:00"))
    set_clock(at("11-15 12:00"))
    days_kept.do_plan(clock.now())
    rivals: list[Together] = []
    summed: Callable[..., Any] = sums.day_of

    def meanwhile(*given: Any) -> Any:
        found = summed(*given)
        if not rivals:
            # A rival's order is committed after the sums were read, and told of before they stand.
            late = Together([lambda: order(20, at("11-14 10:00"))])
            late.go()
            telling = Together([lambda: told(at("11-14 10:00"))])
            telling.threads[0].start()
            rivals.append(telling)
        return found

    monkeypatch.setattr(sums, "day_of", meanwhile)
    days_kept.do_keep(clock.now(), 1)
    rivals[0].threads[0].join(timeout=60)
    assert not KeptDay.objects.filter(is_kept=True).exists()
    (row,) = queries.gmv(Window(at("11-14 00:00"), at("11-15 00:00")), Definition.PAID)
    assert row.gmv_minor == 120

"""GMV against sums made by hand."""

from datetime import timedelta

import pytest
from django.db import connection
from tests.insights import sales
from tests.insights.sales import CUT, at, conversion, order

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.insights import queries, sums
from yellowcart.insights.rules import Definition, Dimension, Figures, Scope, Window

pytestmark = pytest.mark.django_db

NIGHT = Window(at("11-15 20:00"), at("11-16 04:00"))


def total(definition: Definition, **more: object) -> int:
    (one,) = queries.gmv(NIGHT, definition, **more)  # type: ignore[arg-type]
    return one.gmv_minor


def by_key(rows: list[Figures]) -> dict[tuple[str, ...], int]:
    return {(*row.key.values(), row.currency): row.gmv_minor for row in rows}


def test_each_definition_counts_what_it_says() -> None:
    order(1_000, at("11-15 21:00"))
    order(200, at("11-15 21:00"), paid=False)
    order(30, at("11-15 21:00"), paid=False, state="closed")
    order(4_000, at("11-15 21:00"), state="closed", refunded_minor=0)
    order(50_000, at("11-15 21:00"), refunded_minor=20_000)
    order(600_000, at("11-15 21:00"), refunded_minor=600_000)
    assert total(Definition.PLACED) == 1_000 + 200 + 30 + 4_000 + 50_000 + 600_000
    assert total(Definition.PAID) == 1_000 + 4_000 + 50_000 + 600_000
    assert total(Definition.NET) == 1_000 + 30_000
    (net,) = queries.gmv(NIGHT, Definition.NET)
    assert (net.sales, net.average_minor) == (2, 15_500)


def test_a_revoked_conversion_was_placed_but_is_neither_paid_nor_net() -> None:
    for amount, status in [(1, "paid"), (20, "received"), (300, "settled"), (4_000, "closed")]:
        conversion(amount, at("11-15 21:00"), status=status)
    assert total(Definition.PLACED) == 4_321
    assert total(Definition.PAID) == 321
    assert total(Definition.NET) == 321


def test_a_late_conversion_is_dated_by_its_sale_and_one_past_its_window_is_not_ours() -> None:
    conversion(70, at("11-15 21:00"), first_told_at=at("12-01 00:00"))
    conversion(9_000, at("11-15 22:00"), in_window=False)
    assert total(Definition.PAID) == 70
    told_later = Window(at("11-30 00:00"), at("12-02 00:00"))
    assert queries.gmv(told_later, Definition.PAID) == []
    (outside,) = queries.outside_window(NIGHT)
    assert (outside.gmv_minor, outside.sales) == (9_000, 1)


def test_paid_is_dated_by_payment_and_windows_are_half_open() -> None:
    order(5, CUT - timedelta(minutes=1), paid_at=CUT)
    order(70, CUT)
    before, after = Window(at("11-15 00:00"), CUT), Window(CUT, at("11-17 00:00"))
    assert by_key(queries.gmv(before, Definition.PLACED)) == {("CNY",): 5}
    assert queries.gmv(before, Definition.PAID) == []
    assert by_key(queries.gmv(after, Definition.PLACED)) == {("CNY",): 70}
    assert by_key(queries.gmv(after, Definition.PAID)) == {("CNY",): 75}


def test_days_and_hours_are_cut_in_the_platforms_zone() -> None:
    order(1, CUT - timedelta(microseconds=1))
    order(20, CUT)
    order(300, at("11-16 07:59"))
    order(4_000, at("11-16 23:59"))
    window = Window(at("11-15 00:00"), at("11-18 00:00"))
    assert by_key(queries.gmv(window, Definition.PLACED, by=[Dimension.DAY])) == {
        ("2021-11-15", "CNY"): 1,
        ("2021-11-16", "CNY"): 4_320,
    }
    assert by_key(queries.gmv(window, Definition.PLACED, by=[Dimension.HOUR])) == {
        ("2021-11-15T23:00+08:00", "CNY"): 1,
        ("2021-11-16T00:00+08:00", "CNY"): 20,
        ("2021-11-16T07:00+08:00", "CNY"): 300,
        ("2021-11-16T23:00+08:00", "CNY"): 4_000,
    }
    by_minute = by_key(queries.gmv(window, Definition.PLACED, by=[Dimension.MINUTE]))
    assert by_minute["2021-11-15T23:59+08:00", "CNY"] == 1
    assert by_minute["2021-11-16T00:00+08:00", "CNY"] == 20


def test_a_day_on_which_clocks_are_put_back_is_longer(settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    # 25 hours of 2021-10-31 there; without the change, the last of them were another day's.
    buyer = new_id()
    order(1, parse_instant("2021-10-30T23:59+02:00"))
    order(20, parse_instant("2021-10-31T00:00+02:00"), buyer_id=buyer)
    order(300, parse_instant("2021-10-31T23:58+01:00"), buyer_id=buyer)
    order(4_000, parse_instant("2021-11-01T00:00+01:00"))
    for until in ("2021-10-31T12:00+01:00", "2021-11-02T00:00+01:00"):
        window = Window(parse_instant("2021-10-30T00:00+02:00"), parse_instant(until))
        rows = queries.gmv(window, Definition.PLACED, by=[Dimension.DAY])
        assert by_key(rows)["2021-10-30", "CNY"] == 1
    assert by_key(rows) == {
        ("2021-10-30", "CNY"): 1,
        ("2021-10-31", "CNY"): 320,
        ("2021-11-01", "CNY"): 4_000,
    }
    assert [row.buyers for row in rows] == [1, 1, 1]
    untold = queries.gmv(window, Definition.PLACED, by=[Dimension.DAY], with_buyers=False)
    assert [row.buyers for row in untold] == [0, 0, 0]
    (whole,) = queries.sales(window, Definition.PLACED, by=[Dimension.DAY]).totals()
    assert (whole.gmv_minor, whole.buyers) == (4_321, 3)


def test_currencies_are_never_added() -> None:
    order(100, at("11-15 21:00"))
    order(7, at("11-15 21:00"), currency="USD")
    conversion(20, at("11-15 21:00"), currency="USD")
    assert by_key(queries.gmv(NIGHT, Definition.PAID)) == {("CNY",): 100, ("USD",): 27}


def test_every_dimension_at_once() -> None:
    order(1, at("11-15 21:00"))
    order(20, at("11-15 21:00"), source="mokuai", integration="supply", surface="profile")
    conversion(300, at("11-15 21:00"))
    conversion(4_000, at("11-15 21:00"), source="taobao", surface="")
    dimensions = [Dimension.SOURCE, Dimension.INTEGRATION, Dimension.SURFACE, Dimension.LOOP]
    assert by_key(queries.gmv(NIGHT, Definition.PAID, by=dimensions)) == {
        ("native", "native", "live_room", "closed", "CNY"): 1,
        ("mokuai", "supply", "profile", "closed", "CNY"): 20,
        ("youzan", "link", "live_room", "jump_out", "CNY"): 300,
        ("taobao", "link", "unknown", "jump_out", "CNY"): 4_000,
    }


def test_one_buyer_of_many_orders_is_one_buyer() -> None:
    buyer = new_id()
    order(100, at("11-15 21:00"), buyer_id=buyer)
    order(100, at("11-15 22:00"), buyer_id=buyer, source="mokuai", integration="supply")
    order(101, at("11-15 22:00"))
    conversion(99, at("11-15 22:00"))
    (row,) = queries.gmv(NIGHT, Definition.PAID)
    assert (row.sales, row.buyers, row.gmv_minor, row.average_minor) == (4, 2, 400, 100)


def test_a_scope_keeps_to_its_shop_source_and_surface() -> None:
    mine = new_id()
    order(1, at("11-15 21:00"), shop_id=mine)
    order(20, at("11-15 21:00"), shop_id=mine, surface="profile")
    order(300, at("11-15 21:00"))
    conversion(4_000, at("11-15 21:00"), shop_id=mine)
    assert total(Definition.PAID, scope=Scope(shop_id=mine)) == 4_021
    assert total(Definition.PAID, scope=Scope(shop_id=mine, surface="profile")) == 20
    assert total(Definition.PAID, scope=Scope(source="youzan")) == 4_000


def test_clicks_and_how_many_of_them_became_sales() -> None:
    room, profile = (
        sales.listing(sales.shop(), "youzan", surface) for surface in ("live_room", "profile")
    )
    clicks = [sales.click(room, at("11-15 21:00")) for _ in range(4)]
    sales.click(profile, at("11-15 21:00"))
    sales.click(room, at("11-16 05:00"))
    conversion(100, at("11-16 09:00"), click_id=clicks[0].id)
    conversion(100, at("11-15 21:05"), click_id=clicks[1].id, status="closed")
    conversion(100, at("11-15 21:05"), click_id=clicks[2].id, in_window=False)
    conversion(100, at("11-15 21:05"), click_id=clicks[3].id)
    conversion(100, at("11-15 21:06"), click_id=clicks[3].id)
    found = queries.click_rates(NIGHT, by=[Dimension.SURFACE])
    assert [(one.key[Dimension.SURFACE], one.clicks, one.converted) for one in found] == [
        ("live_room", 4, 2),
        ("profile", 1, 0),
    ]
    assert found[0].rate_bps == 5_000
    (everything,) = queries.click_rates(NIGHT)
    assert (everything.clicks, everything.converted) == (5, 2)


def test_before_and_after_a_cut() -> None:
    clock.set_timeline(clock.starting_at(at("11-30 00:00")))
    conversion(600, at("11-15 23:00"))
    order(200, at("11-15 22:00"))
    order(500, at("11-16 01:00"))
    conversion(100, at("11-16 02:00"), surface="profile")
    order(9_999, at("11-13 22:00"))
    found = queries.around_cut(
        CUT, Definition.PAID, by=[Dimension.SURFACE], length=timedelta(days=1)
    )
    assert (found.before.start, found.after.until) == (at("11-15 00:00"), at("11-17 00:00"))
    assert [
        (one.key[Dimension.SURFACE], one.before_minor, one.after_minor, one.change_bps)
        for one in found.changes
    ] == [("live_room", 800, 500, -3_750), ("profile", 0, 100, None)]
    (loops,) = found.shares
    assert (loops.before_bps, loops.after_bps) == (2_500, 8_333)


def test_a_comparison_never_looks_past_now() -> None:
    clock.set_timeline(clock.starting_at(at("11-16 06:00")))
    found = queries.around_cut(CUT, Definition.PAID, length=timedelta(days=7))
    assert found.before.length == found.after.length
    assert found.after.until < at("11-16 06:01")
    with pytest.raises(ValueError, match="has not come yet"):
        queries.around_cut(at("11-17 00:00"), Definition.PAID)


def test_a_rooms_figures_are_those_of_its_own_show() -> None:
    show = sales.room(sales.account(), at("11-15 20:00"), at("11-15 23:00"))
    here = {"container_id": show.id}
    order(100, at("11-15 21:00"), paid_at=at("11-15 23:10"), **here)
    order(10, at("11-15 21:00"), paid=False, **here)
    order(1_000, at("11-15 19:00"), **here)
    order(1_000, at("11-15 21:00"))
    conversion(40, at("11-16 01:00"), **here)
    link = sales.listing(sales.shop(), "youzan")
    link.container_id = show.id
    sales.click(link, at("11-15 21:00"))
    paid, clicks = queries.room_figures(show.id, Definition.PAID)
    assert by_key(paid) == {("closed", "CNY"): 100, ("jump_out", "CNY"): 40}
    assert clicks.clicks == 1
    placed, _ = queries.room_figures(show.id, Definition.PLACED)
    assert by_key(placed)["closed", "CNY"] == 110


def test_a_room_that_never_started_has_no_figures() -> None:
    show = sales.room(sales.account(), None)
    figures, clicks = queries.room_figures(show.id)
    assert (figures, clicks.clicks) == ([], 0)


def test_a_windows_orders_are_found_by_an_index() -> None:
    rows = sums.orders([NIGHT], Definition.PAID, queries.EVERYTHING)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "orders_paid_figures" in rows.explain()

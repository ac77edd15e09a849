"""Catalogue, stock and prices of a connected store, told in any order, in pieces, or wrong."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection as db
from django.test.utils import CaptureQueriesContext

from tests.connections.fakes import PAGE, draft, unreachable
from yellowcart.catalog import supply
from yellowcart.catalog.models import Product, Sku
from yellowcart.connections import following, lane
from yellowcart.connections.levels import apply_levels
from yellowcart.connections.models import Connection, Following, SeenPage, Word
from yellowcart.core.clock import wall
from yellowcart.inventory.models import Stock
from yellowcart.sources.connector import Level, Page

pytestmark = pytest.mark.django_db


def titles(connection):
    rows = Product.objects.filter(shop=connection.supplier, on_shelf=True)
    return sorted(rows.values_list("external_id", flat=True))


def on_hand(connection, key):
    sku = Sku.objects.get(product__shop=connection.supplier, external_id=key)
    return Stock.objects.get(shop_id=sku.stock_shop_id, sku_id=sku.stock_sku_id).on_hand


def price(connection, key):
    return Sku.objects.get(product__shop=connection.supplier, external_id=key).price_minor


def catalogue_of(connection):
    return Following.objects.get(connection=connection, kind="catalogue")


def test_a_whole_catalogue_comes_in(connection, store, work):
    store.shelf.fill(8)
    began = wall()
    connection = work(connection)
    assert len(titles(connection)) == 8
    assert on_hand(connection, "p0003-a") == 5
    row = catalogue_of(connection)
    assert (row.is_running, row.done, row.total) == (False, 8, 8)
    assert row.counts["created"] == 8
    assert connection.work_at is not None
    assert connection.work_at > began


def test_a_second_reading_changes_nothing(connection, store, work):
    store.shelf.fill(4)
    connection = work(connection)
    before = list(Product.objects.order_by("id").values("id", "updated_at"))
    connection = work(connection, all_due=True)
    assert list(Product.objects.order_by("id").values("id", "updated_at")) == before
    assert catalogue_of(connection).counts["unchanged"] == 4


def test_reading_what_did_not_change_writes_to_no_product(connection, store, work):
    store.shelf.fill(4)
    connection = work(connection)
    with CaptureQueriesContext(db) as asked:
        work(connection, all_due=True)
    written = [
        one["sql"]
        for one in asked
        if re.match(r"(?is)\s*(insert|update|delete)|.*for (no key )?update", one["sql"])
    ]
    untouched = ("catalog_product", "catalog_sku", "connections_word", "inventory_stock")
    assert written
    assert not [sql for sql in written if any(f'"{name}"' in sql for name in untouched)]
    assert not SeenPage.objects.exists()


def test_a_product_of_many_that_changed_is_taken_over(connection, store, work):
    store.shelf.fill(4)
    connection = work(connection)
    store.shelf.drafts["p0002"] = draft("p0002", title="Oolong", stock=7, price=900)
    connection = work(connection, all_due=True)
    counts = catalogue_of(connection).counts
    assert (counts["changed"], counts["unchanged"], counts["stock_changed"]) == (1, 3, 2)
    assert Product.objects.get(external_id="p0002").title == "Oolong"
    assert on_hand(connection, "p0002-a") == 7
    assert price(connection, "p0002-a") == 900


def test_a_count_that_is_said_again_is_set_right_where_it_is_wrong_here(connection, store, work):
    store.shelf.fill(1)
    connection = work(connection)
    Stock.objects.update(on_hand=9)
    work(connection, all_due=True)
    assert on_hand(connection, "p0000-a") == 5


def test_a_word_from_before_a_reading_that_changed_nothing_is_late(connection, store, work):
    store.shelf.fill(1)
    connection = work(connection)
    between = wall()
    connection = work(connection, all_due=True)
    told = apply_levels(connection, [Level("p0000", "p0000-a", 1, at=between)], wall())
    assert (told.late, on_hand(connection, "p0000-a")) == (1, 5)


def test_a_store_whose_clock_is_behind_is_measured_by_its_own(connection, store, work):
    """Its words would all be late by ours."""
    store.shelf.fill(1)
    connection = work(connection)
    behind = wall() - timedelta(minutes=10)
    Word.objects.update(said_at=behind)
    Following.objects.update(read_at=None)
    for minute, count in ((1, 4), (2, 3)):
        at = behind + timedelta(minutes=minute)
        store.shelf.levels = [Level("p0000", "p0000-a", count, at=at)]
        Following.objects.filter(kind="levels").update(due_at=wall())
        work(connection)
        assert on_hand(connection, "p0000-a") == count


def test_a_reading_that_was_cut_short_goes_on_at_its_page(connection, store, work):
    store.shelf.fill(3 * PAGE)
    store.shelf.before = _die_on_call(store, "catalogue", 3)
    with pytest.raises(SystemExit):
        work(connection)
    row = catalogue_of(connection)
    assert (row.is_running, row.done, row.total, row.cursor) == (True, 6, 9, "6")
    assert len(titles(connection)) == 6
    store.shelf.before = lambda _name: None
    store.shelf.calls.clear()
    # The lane of the dead is free after a while.
    Connection.objects.filter(id=connection.id).update(lane_until=wall() - timedelta(seconds=1))
    lane.do_work(str(connection.id))
    assert len(titles(connection)) == 9
    assert store.shelf.calls.count("catalogue") == 1


def _die_on_call(store, name, number):
    def before(called):
        if called == name and store.shelf.calls.count(name) == number:
            raise SystemExit

    return before


def test_a_page_is_written_once_by_two_workers(connection, store, work):
    store.shelf.fill(5)
    row = following._begun(connection, "catalogue")
    page = store.catalogue(None, "")
    for _twice in range(2):
        following._write_catalogue(connection, row, page, wall())
    assert catalogue_of(connection).done == PAGE


def test_what_the_store_no_longer_lists_leaves_the_shelf_and_comes_back(
    connection, store, work, owner, shop
):
    store.shelf.fill(4)
    connection = work(connection)
    supply.do_list_supplier_goods(actor=owner, supplier=connection.supplier, shop=shop)
    gone = store.shelf.drafts.pop("p0002")
    connection = work(connection, all_due=True)
    assert titles(connection) == ["p0000", "p0001", "p0003"]
    assert not Product.objects.get(shop=shop, origin__external_id="p0002").on_shelf
    store.shelf.drafts["p0002"] = gone
    work(connection, all_due=True)
    assert len(titles(connection)) == 4


def test_a_store_that_suddenly_lists_nothing_is_not_believed(connection, store, work):
    store.shelf.fill(50)
    connection = work(connection)
    store.shelf.drafts = {}
    connection = work(connection, all_due=True)
    assert len(titles(connection)) == 50
    assert catalogue_of(connection).remarks


def test_a_list_without_an_end_ends(connection, store, work, monkeypatch):
    monkeypatch.setattr(following, "MOST_PAGES", 5)
    count = iter(range(10_000))
    monkeypatch.setattr(store, "catalogue", lambda _store, cursor="": Page([], str(next(count))))
    connection = work(connection)
    row = catalogue_of(connection)
    assert (row.is_running, row.pages) == (False, 5)


def test_what_can_not_be_kept_is_remarked_and_the_rest_comes_in(connection, store, work):
    store.shelf.drafts = {"a": draft("a"), "b": draft("b", price=-4), "c": draft("c")}
    connection = work(connection)
    assert titles(connection) == ["a", "c"]
    row = catalogue_of(connection)
    assert row.counts["refused"] == 1
    assert set(row.remarks[0]) == {"en", "zh-hans"}


def test_html_of_a_store_is_made_harmless(connection, store, work):
    store.shelf.drafts = {"a": draft("a", description_html="<p onclick=x()>t<script>x()</script>")}
    connection = work(connection)
    html = Product.objects.get(external_id="a").description_html
    assert "script" not in html
    assert "onclick" not in html


def test_stock_and_prices_follow_and_copies_with_them(connection, store, work, owner, shop):
    store.shelf.fill(1)
    connection = work(connection)
    supply.do_list_supplier_goods(actor=owner, supplier=connection.supplier, shop=shop)
    store.shelf.levels = [Level("p0000", "p0000-a", 2, 1_500)]
    connection = work(connection, all_due=True)
    # The catalogue is read in the same turn and says the old price: the file did not change it.
    assert price(connection, "p0000-a") in {1_500, 1_000}
    apply_levels(connection, [Level("p0000", "p0000-a", 2, 1_700)], wall())
    assert (on_hand(connection, "p0000-a"), price(connection, "p0000-a")) == (2, 1_700)
    copy = Sku.objects.get(product__shop=shop, options=["a"])
    assert copy.price_minor == 1_700
    assert copy.stock_shop_id == connection.supplier.id


def test_a_late_word_undoes_nothing(connection, store, work):
    store.shelf.fill(1)
    connection = work(connection)
    at = wall()

    def say(available, seconds, cost=None):
        level = Level("p0000", "p0000-a", available, cost, at + timedelta(seconds=seconds))
        return apply_levels(connection, [level], at + timedelta(seconds=100))

    say(9, 10, 900)
    assert say(1, 5, 100).late == 1
    assert (on_hand(connection, "p0000-a"), price(connection, "p0000-a")) == (9, 900)
    say(4, 20)
    assert on_hand(connection, "p0000-a") == 4


def test_a_word_from_the_future_does_not_silence_the_next(connection, store, work):
    store.shelf.fill(1)
    connection = work(connection)
    at = wall()
    apply_levels(connection, [Level("p0000", "p0000-a", 9, at=at + timedelta(days=900))], at)
    apply_levels(connection, [Level("p0000", "p0000-a", 3)], at + timedelta(seconds=1))
    assert on_hand(connection, "p0000-a") == 3


def test_of_two_words_in_one_page_the_later_counts(connection, store, work):
    store.shelf.fill(1)
    connection = work(connection)
    at = wall()
    words = [
        Level("p0000", "p0000-a", 7, at=at),
        Level("p0000", "p0000-a", 1, at=at - timedelta(seconds=9)),
    ]
    apply_levels(connection, words, at)
    assert on_hand(connection, "p0000-a") == 7


def test_a_price_that_somebody_here_set_stays(connection, store, work):
    store.shelf.fill(1)
    connection = work(connection)
    Sku.objects.filter(external_id="p0000-a").update(price_minor=4_321)
    told = apply_levels(connection, [Level("p0000", "p0000-a", 5, 1_200)], wall())
    assert told.prices == 0
    assert price(connection, "p0000-a") == 4_321


def test_words_about_nothing_here_are_counted(connection, store, work):
    told = apply_levels(connection, [Level("zzz", "zzz", 5, 100)], wall())
    assert told.unknown == 1


def test_a_variant_that_changes_its_title_is_reviewed_again_unless_spared(connection, store, work):
    store.shelf.fill(1)
    connection = work(connection)
    Connection.objects.filter(id=connection.id).update(approves=False)
    store.shelf.drafts["p0000"] = replace(store.shelf.drafts["p0000"], title="Coffee")
    work(connection, all_due=True)
    assert Product.objects.get(external_id="p0000").review_state == "in_review"


def test_a_store_that_does_not_answer_is_asked_again_later(connection, store, work):
    store.shelf.before = unreachable
    connection = work(connection)
    assert connection.failures >= 1
    assert connection.work_at is not None
    assert connection.last_failure_at is not None
    assert connection.work_at > connection.last_failure_at
    assert connection.last_error["en"]

"""Webhooks of connected stores, over HTTP."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from tests.connections.conftest import TYPED
from tests.connections.fakes import draft, sign, unreachable
from yellowcart.catalog.models import Product, Sku
from yellowcart.connections import actions, following, messages
from yellowcart.connections.models import Following, Message
from yellowcart.core.clock import wall
from yellowcart.inventory.models import Stock
from yellowcart.sources.connector import Level, Page

pytestmark = pytest.mark.django_db


def send(connection, *happenings, name="m-1", **headers):
    body = json.dumps({"id": name, "happenings": list(happenings)}).encode()
    return Client().post(
        f"/api/v1/connections/{connection.id}/webhook",
        body,
        content_type="application/json",
        headers={"X-Sign": headers.get("signature", sign(body))},
    )


def stock(connection, available, **more):
    level = {"product_key": "tea", "sku_key": "tea-a", "available": available, **more}
    return {"kind": "stock", "key": "tea", "level": level}


def on_hand(connection):
    sku = Sku.objects.get(product__shop=connection.supplier, external_id="tea-a")
    return Stock.objects.get(sku_id=sku.stock_sku_id).on_hand


@pytest.fixture
def filled(connection, store, work):
    store.shelf.drafts = {"tea": draft("tea")}
    return work(connection)


def test_a_genuine_message_is_answered_and_worked_through(filled, work, store):
    store.shelf.calls.clear()
    reply = send(filled, stock(filled, 2))
    assert (reply.status_code, reply.content, reply["Content-Type"]) == (200, b"ok", "text/plain")
    assert store.shelf.calls == []
    work(filled)
    assert on_hand(filled) == 2


def test_a_source_that_lags_is_asked_when_it_wants_to_be(filled, work, store, monkeypatch):
    """As a due time: the message is answered, and nobody sleeps."""
    monkeypatch.setattr(type(store), "asked_after_seconds", 3_600)
    store.shelf.calls.clear()
    before = wall()
    assert send(filled, {"kind": "product", "key": "tea"}).status_code == 200
    message = Message.objects.get()
    assert message.due_at >= before + timedelta(hours=1)
    Following.objects.update(due_at=None)
    filled = work(filled)
    assert "item" not in store.shelf.calls
    assert filled.work_at == message.due_at
    Message.objects.update(due_at=wall())
    work(filled)
    assert store.shelf.calls.count("item") == 1


def test_news_that_needs_no_question_does_not_wait(filled, work, store, monkeypatch):
    monkeypatch.setattr(type(store), "asked_after_seconds", 3_600)
    send(filled, stock(filled, 2))
    work(filled)
    assert on_hand(filled) == 2


def test_a_message_counts_once(filled, work):
    send(filled, stock(filled, 2))
    send(filled, stock(filled, 4), name="m-2")
    send(filled, stock(filled, 2))
    work(filled)
    assert on_hand(filled) == 4
    assert Message.objects.count() == 2


def test_a_forged_message_is_refused(filled):
    assert send(filled, stock(filled, 2), signature="0" * 64).status_code == 401
    assert not Message.objects.exists()


def test_nonsense_is_refused(filled):
    body = b"\xff not json"
    reply = Client().post(
        f"/api/v1/connections/{filled.id}/webhook",
        body,
        content_type="application/json",
        headers={"X-Sign": sign(body)},
    )
    assert reply.status_code == 401
    huge = Client().post(
        f"/api/v1/connections/{filled.id}/webhook",
        b"x" * (messages.MOST_BYTES + 1),
        content_type="text/plain",
    )
    assert huge.status_code == 413


def test_nobody_is_told_which_connections_there_are(filled, owner):
    actions.do_disconnect(actor=owner, connection_id=filled.id)
    assert send(filled, stock(filled, 2)).status_code == 404


def test_a_product_that_changed_is_fetched(filled, work, store):
    store.shelf.drafts["tea"] = draft("tea", title="Green tea", stock=8)
    send(filled, {"kind": "product", "key": "tea"})
    work(filled)
    assert Product.objects.get(external_id="tea").title == "Green tea"
    assert on_hand(filled) == 8


def test_a_product_that_is_gone_leaves_the_shelf(filled, work):
    send(filled, {"kind": "product_gone", "key": "tea"})
    work(filled)
    assert not Product.objects.get(external_id="tea").on_shelf


def test_a_message_waits_while_the_store_does_not_answer(filled, work, store):
    store.shelf.before = unreachable
    send(filled, {"kind": "product", "key": "tea"})
    work(filled)
    row = Message.objects.get()
    assert (row.attempts, bool(row.due_at), bool(row.problem["en"])) == (1, True, True)


def test_too_many_at_once_are_asked_to_come_later(filled, monkeypatch):
    monkeypatch.setattr(messages, "MOST_WAITING", 1)
    assert send(filled, stock(filled, 1)).status_code == 200
    assert send(filled, stock(filled, 2), name="m-2").status_code == 503


def test_messages_of_one_store_do_not_touch_anothers(filled, owner, shop, work):
    other = actions.do_connect(
        actor=owner, shop=shop, source="faked", typed={**TYPED, "url": "https://two.example"}
    )
    send(other, stock(other, 1))
    work(other)
    assert on_hand(filled) == 5


@pytest.mark.parametrize("pause", [timedelta(0), timedelta(hours=1)])
def test_a_change_told_while_a_round_runs_is_read_after_it(filled, work, store, monkeypatch, pause):
    """The round may be past the page that the change is on: another one follows it."""
    monkeypatch.setattr(following, "AFTER_HINT", pause)
    counts, seen = [4, 1, 1], []

    def levels(_store, _since, cursor=""):
        seen.append(cursor)
        return Page([]) if cursor else Page([Level("tea", "tea-a", counts.pop(0))], "second")

    store.levels = levels
    Following.objects.filter(connection=filled, kind="levels").update(due_at=wall())
    # One page is read; then the message comes, which the lane hears before the next.
    following.step_levels(filled)
    assert on_hand(filled) == 4
    assert send(filled, {"kind": "stock", "key": "tea"}).status_code == 200
    before = wall()
    work(filled)
    row = Following.objects.get(connection=filled, kind="levels")
    assert (row.is_running, row.hinted_at) == (False, None)
    if pause:
        assert seen == ["", "second"]
        assert row.due_at >= before + pause
        Following.objects.filter(id=row.id).update(due_at=wall())
        work(filled)
    assert seen == ["", "second"] * 2
    assert on_hand(filled) == 1


def test_a_hint_asks_no_store_before_it_wants_to_be_asked(filled, work, store):
    """A round that was put off goes on when it was put off to."""
    later = wall() + timedelta(hours=1)
    rounds = Following.objects.filter(connection=filled, kind="levels")
    rounds.update(is_running=True, due_at=later)
    store.shelf.calls.clear()
    send(filled, {"kind": "stock", "key": "tea"})
    work(filled)
    assert "levels" not in store.shelf.calls
    assert rounds.get().due_at == later

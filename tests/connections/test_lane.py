"""One at a time for each connection, and a source that misbehaves hurts only itself."""

from datetime import timedelta

import pytest

from tests.connections.conftest import TYPED
from tests.connections.fakes import draft, unreachable
from tests.factories import make_account, make_shop
from tests.rivals import Together
from yellowcart.catalog.models import Product
from yellowcart.connections import actions, calls, health, keeping, lane, waking
from yellowcart.connections.duties import LookAfter
from yellowcart.connections.models import Call, Connection
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem
from yellowcart.sources.connector import SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError


@pytest.mark.django_db
def test_a_breaker_opens_probes_and_closes(connection, store, work):
    store.shelf.before = unreachable
    for _call in range(5):
        with pytest.raises(Problem):
            calls.ask(connection, "check")
    store.shelf.calls.clear()
    with pytest.raises(calls.BreakerOpenError):
        calls.ask(connection, "check")
    assert store.shelf.calls == []
    connection.refresh_from_db()
    assert health.report_of(connection).health == "down"
    Connection.objects.update(breaker_until=wall() - timedelta(seconds=1))
    store.shelf.before = lambda _name: None
    assert calls.ask(connection, "check") == "Tea Hall"
    connection.refresh_from_db()
    assert (connection.breaker, connection.failures) == ("closed", 0)


@pytest.mark.django_db(transaction=True)
def test_only_one_probes(connection, store):
    Connection.objects.update(
        breaker="open", failures=5, breaker_until=wall() - timedelta(seconds=1)
    )

    def may():
        return keeping.do_begin_call(connection.id)

    results = Together([may] * 4).go()
    assert results.count(None) == 1


@pytest.mark.django_db
def test_work_for_a_store_behind_a_breaker_rests_until_it_may_be_asked(connection, store, work):
    until = wall() + timedelta(seconds=300)
    Connection.objects.update(breaker="open", failures=9, breaker_until=until)
    connection = work(connection)
    assert connection.work_at == until
    assert store.shelf.calls == ["check"]


@pytest.mark.django_db
def test_an_answer_that_can_not_be_read_is_a_failure(connection, store):
    store.check = lambda _store: {}["nothing"]
    with pytest.raises(SourceError) as caught:
        calls.ask(connection, "check")
    assert caught.value.again
    assert Call.objects.latest("at").outcome == "failed"


@pytest.mark.django_db
def test_a_refusal_is_an_answer(connection, store):
    def no(_name):
        raise SourceError("faked", "no", code="E1")

    store.shelf.before = no
    for _call in range(9):
        with pytest.raises(SourceError):
            calls.ask(connection, "check")
    connection.refresh_from_db()
    assert connection.breaker == "closed"
    assert health.report_of(connection).refused == 9


@pytest.mark.django_db
def test_waiting_as_asked_is_no_failure(connection, store, work):
    def busy(_name):
        raise AskedToWaitError(90)

    store.shelf.before = busy
    connection = work(connection)
    assert (connection.failures, connection.waits) == (0, 1)
    assert connection.work_at is not None
    rows = connection.followings.filter(kind="catalogue")
    assert rows.get().due_at > wall() + timedelta(seconds=80)


@pytest.mark.django_db(transaction=True)
def test_a_lane_is_worked_by_one(connection, store):
    store.shelf.fill(12)
    Connection.objects.update(lane_until=None)

    def work():
        lane.do_work(str(connection.id))

    Together([work] * 3).go()
    assert store.shelf.calls.count("catalogue") == 4
    assert Product.objects.filter(shop=connection.supplier).count() == 12


@pytest.mark.django_db
def test_a_bad_store_does_not_keep_a_good_one_waiting(connection, store, work):
    other_owner = make_account()
    other = actions.do_connect(
        actor=other_owner,
        shop=make_shop(other_owner),
        source="faked",
        typed={**TYPED, "url": "https://good.example"},
    )
    good = {other.id}
    store.shelf.drafts = {"t": draft("t")}

    def bad_for_one(told_store, cursor=""):
        if "good" not in told_store.settings["url"]:
            raise ValueError("garbage")
        return type(store).catalogue(store, told_store, cursor)

    store.catalogue = bad_for_one
    for row in (connection, other):
        work(row)
    assert (
        Product.objects.filter(shop=Connection.objects.get(id=connection.id).supplier).count() == 0
    )
    assert Product.objects.filter(shop__connected_from__in=good).count() == 1


@pytest.mark.django_db
def test_a_lost_job_is_queued_again_and_a_waiting_one_is_not(connection):
    def queued():
        waking.queue_due()
        connection.refresh_from_db()
        return connection.lane_until

    first = queued()
    assert first is not None
    assert queued() == first
    Connection.objects.update(lane_until=wall() - timedelta(seconds=1))
    assert queued() > first


@pytest.mark.django_db
def test_a_paused_connection_is_left_alone(connection, store, owner, work):
    actions.do_pause(actor=owner, connection_id=connection.id)
    store.shelf.calls.clear()
    work(connection)
    assert store.shelf.calls == []
    LookAfter()()
    assert actions.do_resume(actor=owner, connection_id=connection.id).state == "active"


@pytest.mark.django_db
def test_an_error_of_our_own_rests_and_is_tried_again(connection, store, work, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("ours")

    monkeypatch.setattr("yellowcart.connections.following.apply_drafts", broken)
    store.shelf.fill(1)
    connection = work(connection)
    assert connection.lane_token is None
    assert connection.work_at > wall()


@pytest.mark.django_db
def test_calls_are_forgotten_after_a_day(connection):
    assert Call.objects.count() == 0
    calls.ask(connection, "check")
    Call.objects.update(at=wall() - timedelta(days=2))
    assert keeping.do_forget_old_calls() == 1

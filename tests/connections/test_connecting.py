"""Connecting a store, consent, secrets, and the end of a connection."""

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.connections.conftest import TYPED
from tests.connections.fakes import draft
from tests.factories import make_account, make_operator, make_product, make_shop
from tests.rivals import Together
from yellowcart.catalog import supply
from yellowcart.catalog.models import Product
from yellowcart.connections import actions, calls, health
from yellowcart.connections.models import Connection
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem
from yellowcart.core.sealing import unseal
from yellowcart.shops.models import ShopMember
from yellowcart.shops.queries import suppliers
from yellowcart.sources.connector import SourceError


def code_of(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.django_db
def test_a_connected_store_has_a_supplier_that_its_shop_alone_may_list(connection, shop):
    assert (connection.name, connection.state) == ("Tea Hall", "active")
    supplier = connection.supplier
    assert (supplier.type, supplier.source, supplier.offered_to) == ("supplier", "faked", shop.id)
    assert supplier in suppliers(shop.id)
    assert supplier not in suppliers(make_shop().id)
    assert supplier not in suppliers()
    make_product(supplier, source="faked", integration="supply")
    rival = make_account()
    assert (
        code_of(
            supply.do_list_supplier_goods, actor=rival, supplier=supplier, shop=make_shop(rival)
        )
        == "not_a_supplier"
    )


@pytest.mark.django_db
def test_a_link_to_anothers_store_is_not_turned_into_its_goods(connection):
    make_product(connection.supplier, source="faked", integration="supply", external_id="x1")
    mine = make_product(connection.shop, source="faked", integration="link", external_id="x1")
    foreign = make_product(make_shop(), source="faked", integration="link", external_id="x1")
    assert supply.convertible([mine.id, foreign.id]) == {mine.id}
    assert supply.supplier_product_of(foreign) is None
    assert supply.supplier_product_of(mine) is not None


@pytest.mark.django_db
def test_secrets_are_sealed_and_never_shown(connection, caplog):
    caplog.set_level(logging.DEBUG)
    assert connection.settings_shown == {"url": "https://store.example", "token": "••••9876"}
    assert TYPED["token"].encode() not in bytes(connection.settings_sealed)
    assert unseal(connection.settings_sealed)["token"] == TYPED["token"]
    assert TYPED["token"] not in repr(connection.__dict__)
    assert TYPED["token"] not in caplog.text


@pytest.mark.django_db
def test_a_store_that_refuses_us_is_not_connected(owner, shop, store):
    typed = {**TYPED, "token": "wrong-token-12345"}
    assert (
        code_of(actions.do_connect, actor=owner, shop=shop, source="faked", typed=typed)
        == "source_refused"
    )
    assert not Connection.objects.exists()


@pytest.mark.django_db
def test_what_is_wrong_is_said_field_by_field(owner, shop, store):
    with pytest.raises(Problem) as caught:
        actions.do_connect(actor=owner, shop=shop, source="faked", typed={"url": "nonsense"})
    assert [one["where"] for one in caught.value.extra["errors"]] == ["url", "token"]
    assert (
        code_of(actions.do_connect, actor=owner, shop=shop, source="nowhere", typed={})
        == "source_unconnectable"
    )


@pytest.mark.django_db
def test_one_store_is_connected_once(connection, owner, shop):
    again = {**TYPED, "token": "another-token-555"}
    assert (
        code_of(actions.do_connect, actor=owner, shop=shop, source="faked", typed=again)
        == "store_known"
    )


@pytest.mark.django_db
def test_only_the_owner_connects(shop, store):
    stranger, manager = make_account(), make_account()
    ShopMember.objects.create(shop=shop, account=manager, role="manager")
    for actor in (stranger, manager, make_operator()):
        assert (
            code_of(actions.do_connect, actor=actor, shop=shop, source="faked", typed=TYPED)
            == "shop_forbidden"
        )


@pytest.mark.django_db
def test_new_secrets_are_checked_and_an_empty_one_stays(connection, owner):
    def replace(**typed):
        return actions.do_replace_settings(
            actor=owner, connection_id=connection.id, typed={"url": TYPED["url"], **typed}
        )

    assert code_of(replace, token="wrong-token-00001") == "source_refused"
    assert replace(token="fresh-token-7777").settings_shown["token"] == "••••7777"
    assert unseal(replace(note="hi").settings_sealed)["token"] == "fresh-token-7777"
    assert code_of(replace, url="https://other.example") == "store_other"


@pytest.mark.django_db
def test_a_person_says_yes_at_the_source(owner, shop, consenting):
    row = actions.do_connect(actor=owner, shop=shop, source="consenting", typed=TYPED)
    assert (row.state, row.supplier) == ("draft", None)
    url = actions.do_ask_consent(actor=owner, connection_id=row.id)
    state = parse_qs(urlsplit(url).query)["state"][0]

    def finish(actor=owner, state=state, code="good"):
        return actions.do_finish_consent(actor=actor, state=state, code=code)

    assert code_of(finish, actor=make_account()) == "consent_stale"
    assert code_of(finish, state=state[:-2]) == "consent_stale"
    assert code_of(finish, code="bad") == "source_refused"
    row = finish()
    assert (row.state, row.name) == ("active", "Tea Hall")
    assert row.supplier is not None
    assert b"token-0" not in bytes(row.grant_sealed)


def consented(owner, shop, consenting):
    row = actions.do_connect(actor=owner, shop=shop, source="consenting", typed=TYPED)
    url = actions.do_ask_consent(actor=owner, connection_id=row.id)
    state = parse_qs(urlsplit(url).query)["state"][0]
    return actions.do_finish_consent(actor=owner, state=state, code="good")


@pytest.mark.django_db
def test_a_locked_out_connection_waits_for_a_person(owner, shop, consenting):
    row = consented(owner, shop, consenting)

    def locked(_name):
        raise SourceError("consenting", "token revoked", reauthorise=True)

    consenting.shelf.before = locked
    with pytest.raises(SourceError):
        calls.ask(row, "check")
    row.refresh_from_db()
    assert row.state == "needs_reauthorising"
    consenting.shelf.before = lambda _name: None
    url = actions.do_ask_consent(actor=owner, connection_id=row.id)
    state = parse_qs(urlsplit(url).query)["state"][0]
    assert actions.do_finish_consent(actor=owner, state=state, code="good").state == "active"


@pytest.mark.django_db(transaction=True)
def test_two_workers_renew_tokens_once(owner, shop, consenting):
    row = consented(owner, shop, consenting)
    Connection.objects.filter(id=row.id).update(renew_at=wall() - timedelta(seconds=1))

    def check():
        return calls.ask(Connection.objects.get(id=row.id), "check")

    assert Together([check] * 4).go() == ["Tea Hall"] * 4
    assert consenting.shelf.renewals == 1
    row.refresh_from_db()
    assert row.renew_at > wall()


@pytest.mark.django_db
def test_disconnecting_says_what_it_does_and_forgets(connection, owner, shop, store, work):
    store.shelf.drafts = {"p": draft("p")}
    connection = work(connection)
    supply.do_list_supplier_goods(actor=owner, supplier=connection.supplier, shop=shop)
    said = health.consequences_of(connection)
    assert (said.goods, said.copies) == (1, 1)
    row = actions.do_disconnect(actor=owner, connection_id=connection.id)
    outbox.relay_all()
    assert (row.state, bytes(row.settings_sealed)) == ("closed", b"")
    copy = Product.objects.get(shop=shop, origin__isnull=False)
    assert not copy.on_shelf
    again = actions.do_connect(actor=owner, shop=shop, source="faked", typed=TYPED)
    assert again.id != row.id


@pytest.mark.django_db
def test_only_an_operator_spares_goods_the_review(connection, owner, store, work):
    Connection.objects.filter(id=connection.id).update(approves=False)
    store.shelf.drafts = {"p": draft("p")}
    connection = work(connection)
    assert Product.objects.get(shop=connection.supplier).review_state == "in_review"

    def approve(actor):
        return actions.do_set_approval(
            actor=actor, connection_id=connection.id, approves=True
        ).approves

    assert code_of(approve, owner) == "operator_only"
    assert approve(make_operator())
    assert Product.objects.get(shop=connection.supplier).review_state == "approved"

"""The figures over HTTP: who may read whose, and what JSON and CSV say."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from tests.insights import sales
from tests.insights.sales import CUT, at, conversion, order

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.people.models import Account, RoleGrant
from yellowcart.policy.models import RuleRevision
from yellowcart.shops.models import Shop, ShopMember

pytestmark = pytest.mark.django_db

URL = "/api/v1/insights/gmv"
DAY = {"from": "2021-11-15", "to": "2021-11-17"}


def client_of(account: Account | None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if account is not None:
        client.force_login(account)
    return client


def operator() -> Account:
    account = sales.account()
    RoleGrant.objects.create(account=account, role="operator")
    return account


def member(of: Shop, role: str = "staff") -> Account:
    account = sales.account()
    ShopMember.objects.create(shop=of, account=account, role=role)
    return account


def rows(response: Any) -> dict[str, int]:
    assert response.status_code == 200, response.content
    return {row["loop"]: row["gmv_minor"] for row in response.json()["rows"]}


@pytest.fixture
def shops() -> tuple[Shop, Shop]:
    mine, theirs = sales.shop(), sales.shop()
    order(100, at("11-15 21:00"), shop_id=mine.id)
    order(7_000, at("11-15 21:00"), shop_id=theirs.id)
    conversion(30, at("11-16 21:00"), shop_id=mine.id)
    return mine, theirs


def test_an_operator_sees_all_shops_or_one(shops: tuple[Shop, Shop]) -> None:
    client = client_of(operator())
    assert rows(client.get(URL, DAY)) == {"closed": 7_100, "jump_out": 30}
    named = client.get(URL, DAY | {"shop": shops[0].handle})
    assert rows(named) == {"closed": 100, "jump_out": 30}


@pytest.mark.parametrize("role", ["owner", "manager", "staff"])
def test_a_member_sees_the_own_shop_alone(shops: tuple[Shop, Shop], role: str) -> None:
    mine, theirs = shops
    client = client_of(member(mine, role))
    assert rows(client.get(URL, DAY)) == {"closed": 100, "jump_out": 30}
    assert rows(client.get(URL, DAY | {"shop": str(mine.id)})) == {"closed": 100, "jump_out": 30}
    refused = client.get(URL, DAY | {"shop": str(theirs.id)})
    assert (refused.status_code, refused.json()["code"]) == (403, "shop_forbidden")


def test_strangers_and_other_roles_are_refused(shops: tuple[Shop, Shop]) -> None:
    stranger = client_of(None).get(URL, DAY)
    assert (stranger.status_code, stranger.json()["code"]) == (401, "sign_in_required")
    creator = sales.account()
    RoleGrant.objects.create(account=creator, role="creator")
    for more in ({}, {"shop": shops[0].handle}):
        refused = client_of(creator).get(URL, DAY | more)
        assert refused.status_code == 403
        assert "7100" not in refused.content.decode()


def test_a_member_of_two_shops_names_one(shops: tuple[Shop, Shop]) -> None:
    account = member(shops[0])
    ShopMember.objects.create(shop=shops[1], account=account, role="staff")
    refused = client_of(account).get(URL, DAY)
    assert (refused.status_code, refused.json()["code"]) == (422, "shop_needed")


def test_the_answer_says_what_it_means(shops: tuple[Shop, Shop]) -> None:
    order(40, at("11-15 22:00"), shop_id=shops[0].id, paid=False)
    picked = DAY | {"by": "day,loop", "definition": "placed", "shop": shops[0].handle}
    answer = client_of(operator()).get(URL, picked).json()
    assert answer["definition"] == "placed"
    assert answer["meaning"].startswith("Placed GMV")
    assert (answer["from"], answer["until"]) == ("2021-11-14T16:00:00Z", "2021-11-16T16:00:00Z")
    assert answer["zone"] == "Asia/Shanghai"
    assert answer["rows"] == [
        {
            "day": "2021-11-15",
            "loop": "closed",
            "currency": "CNY",
            "gmv_minor": 140,
            "gmv": "1.40",
            "sales": 2,
            "buyers": 2,
            "average_minor": 70,
        },
        {
            "day": "2021-11-16",
            "loop": "jump_out",
            "currency": "CNY",
            "gmv_minor": 30,
            "gmv": "0.30",
            "sales": 1,
            "buyers": 0,
            "average_minor": 30,
        },
    ]


def test_csv_has_the_same_rows(shops: tuple[Shop, Shop]) -> None:
    response = client_of(operator()).get(URL, DAY | {"format": "csv", "by": "surface,loop"})
    assert response["Content-Type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [(row["surface"], row["loop"], row["gmv"], row["currency"]) for row in table] == [
        ("live_room", "closed", "71.00", "CNY"),
        ("live_room", "jump_out", "0.30", "CNY"),
    ]
    empty = client_of(operator()).get(
        URL, {"from": "2020-01-01", "to": "2020-01-02", "format": "csv"}
    )
    assert empty.content.decode().startswith("loop,currency,gmv_minor")


def rule(key: str, effective: Any) -> None:
    RuleRevision.objects.create(
        key=key,
        revision=1,
        platform="kuaishou",
        kind="rule",
        outcome="deny",
        effective_from=effective,
        announced_at=at("11-09 00:00"),
        reason_en="-",
        reason_zh="-",
    )


def test_around_a_rule_in_json_and_csv(shops: tuple[Shop, Shop]) -> None:
    clock.set_timeline(clock.starting_at(at("11-17 00:00")))
    rule("links-out", CUT)
    client = client_of(operator())
    picked = {"around": "links-out", "within": "1d", "by": "loop", "shop": shops[0].handle}
    found = client.get(URL, picked).json()["around"]
    assert (found["rule"], found["cut"]) == ("links-out", "2021-11-15T16:00:00Z")
    assert found["before"]["from"] == "2021-11-14T16:00:00Z"
    assert [(row["loop"], row["before_minor"], row["after_minor"]) for row in found["rows"]] == [
        ("closed", 100, 0),
        ("jump_out", 0, 30),
    ]
    assert found["closed_share"] == [{"currency": "CNY", "before_bps": 10_000, "after_bps": 0}]
    table = client.get(URL, picked | {"format": "csv"}).content.decode().splitlines()
    assert table[0].startswith("loop,currency,before_minor,after_minor,change_bps")
    assert table[1].startswith("closed,CNY,100,0,-10000,1,0,paid,")


@pytest.mark.parametrize(
    ("picked", "where"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2021-11-17", "to": "2021-11-16"}, "from"),
        ({"from": "2011-01-01", "to": "2021-11-16"}, "from"),
        ({"by": "colour"}, "by"),
        ({"by": "day,hour"}, "by"),
        ({"around": "no-such-rule"}, "around"),
        ({"around": "2099-01-01"}, "around"),
        ({"around": "2021-11-16", "within": "a while"}, "within"),
    ],
)
def test_what_cannot_be_read_is_named(picked: dict[str, str], where: str) -> None:
    refused = client_of(operator()).get(URL, picked)
    assert refused.status_code == 422
    assert refused.json()["where"] == where


def test_a_rooms_figures_are_for_its_creator_and_operators() -> None:
    creator = sales.account()
    show = sales.room(creator, at("11-15 20:00"), at("11-15 23:00"))
    order(100, at("11-15 21:00"), container_id=show.id)
    url = f"/api/v1/insights/rooms/{show.id}"
    for allowed in (creator, operator()):
        answer = client_of(allowed).get(url).json()
        assert [row["gmv_minor"] for row in answer["rows"]] == [100]
    assert client_of(None).get(url).status_code == 401
    assert client_of(sales.account()).get(url).status_code == 403
    missing = client_of(operator()).get(f"/api/v1/insights/rooms/{new_id()}")
    assert missing.status_code == 404

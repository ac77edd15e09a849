"""The verdict endpoint that outsiders rely on."""

import pytest
from tests.factories import make_shop

from yellowcart.core import clock
from yellowcart.core.instants import parse_instant
from yellowcart.policy import actions
from yellowcart.policy.rules import Outcome

pytestmark = pytest.mark.django_db
URL = "/api/v1/policy/verdict"


@pytest.fixture
def ask(client):
    actions.do_install_pack("kuaishou")

    def ask(language="en", **params):
        asked = {"source": "youzan", "surface": "live_room", "at": "2021-11-16T00:00:00+08:00"}
        return client.get(URL, asked | params, headers={"Accept-Language": language})

    return ask


def test_a_stranger_may_ask(ask):
    response = ask()
    assert response.status_code == 200
    said = response.json()
    assert said["outcome"] == "deny"
    assert said["rule"] == "kuaishou.2021-11-16.youzan-mokuai-live"
    assert said["since"] == "2021-11-15T16:00:00Z"
    assert said["until"] is None
    assert "profile" in said["open_surfaces"]
    assert ask("zh-hans").json()["remedy"].startswith("该链接仍可")


def test_integration_zone_and_as_of(ask):
    assert ask(source="mokuai", integration="native").json()["outcome"] == "allow"
    assert ask(at="2021-11-15T24:00").json()["outcome"] == "deny"
    assert ask(as_of="2021-11-01").json()["outcome"] == "allow"


def test_a_plus_sign_lost_on_the_way(client, ask):
    response = client.get(URL + "?source=youzan&surface=live_room&at=2021-11-16T00:00:00+08:00")
    assert response.json()["since"] == "2021-11-15T16:00:00Z"
    assert response.json()["outcome"] == "deny"


def test_now_is_meant_where_no_instant_is_given(ask):
    clock.set_timeline(clock.starting_at(parse_instant("2021-11-15T12:00+08:00")))
    assert ask(at="").json()["outcome"] == "allow"


def test_a_shop_by_id_or_handle(ask, rule, on_day):
    shop = make_shop(handle="tea-house", type="flagship")
    actions.do_write_rule(rule("one", shops={str(shop.id)}, outcome=Outcome.DENY), by=None)
    for word in ("tea-house", str(shop.id)):
        assert ask(shop=word, source="native").json()["rule"] == "one"
    assert ask(shop="nobody").json()["code"] == "unknown_shop"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"surface": "liveroom"}, "unknown_surface"),
        ({"source": "yuozan"}, "unknown_source"),
        ({"integration": "lnk"}, "unknown_integration"),
        ({"at": "yesterday"}, "bad_instant"),
    ],
)
def test_bad_questions(ask, params, code):
    response = ask(**params)
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert ask("zh-hans", **params).json()["detail"] != response.json()["detail"]


def test_rules_are_public_once_announced(client, ask):
    clock.set_timeline(clock.starting_at(parse_instant("2021-11-15T12:00+08:00")))
    keys = [each["key"] for each in client.get("/api/v1/policy/rules").json()]
    assert keys[-1] == "kuaishou.2021-11-16.youzan-mokuai-live"
    assert len(keys) == 3

import json
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import httpx
import pytest
from django.conf import settings
from starlette.applications import Starlette
from tests.checkout.database import database_url, run
from tests.checkout.worlds import NO_RULES, make_place, mount
from tests.factories import make_product, make_shop, make_sku

from yellowcart.checkout.lane import Lanes
from yellowcart.checkout.routes import routes
from yellowcart.core import clock
from yellowcart.core.texts import Text
from yellowcart.inventory.models import Stock
from yellowcart.live import passes
from yellowcart.orders.models import Order
from yellowcart.policy.rules import Outcome, Rule
from yellowcart.policy.table import compile_rules

pytestmark = pytest.mark.django_db(transaction=True)


class Shopper:
    """Buyers who talk to the endpoint as a browser would."""

    def __init__(self, verdict=NO_RULES.verdict) -> None:
        self.verdict = verdict

    def send(self, *calls) -> list[httpx.Response]:
        """Each call is ``(path, json or bytes, headers)``; one after the other."""

        async def scenario():
            app = Starlette(routes=routes())
            app.state.lanes = Lanes(database_url(), self.verdict)
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                answers = [
                    await client.request(
                        headers.pop("method", "POST"),
                        path,
                        content=body if isinstance(body, bytes) else json.dumps(body).encode(),
                        headers=headers,
                    )
                    for path, body, headers in calls
                ]
            await app.state.lanes.close()
            return answers

        return run(scenario)

    def one(self, path: str, body, **headers: str) -> httpx.Response:
        return self.send((path, body, headers))[0]


def headers_for(container, buyer=None, **claims):
    token, _ends = passes.issue(room=container, sub=buyer or uuid4(), name="Li", **claims)
    return {"authorization": f"Bearer {token}"}


def order(place, **changes):
    return {
        "listing_id": str(place.listing.id),
        "sku_id": str(place.sku.id),
        "quantity": 1,
        "unit_price": place.sku.price_minor,
        "idempotency_key": "key-1",
        **changes,
    }


def path(place) -> str:
    return f"/api/v1/rooms/{place.room.id}/orders"


def test_a_buyer_buys_in_a_room() -> None:
    place = make_place()
    buyer = uuid4()
    pay = headers_for(place.room.id, buyer)
    first, again = Shopper().send((path(place), order(place, quantity=2), pay)) + Shopper().send(
        (path(place), order(place, quantity=2), pay)
    )
    assert first.status_code == again.status_code == 201
    row = Order.objects.get()
    assert first.json() == {
        "order_id": str(row.id),
        "state": "awaiting_payment",
        "amount": 19_800,
        "currency": "CNY",
        "expires_at": row.expires_at.isoformat().replace("+00:00", "Z"),
        "checkout_id": str(row.id),
        "discount": 0,
        "deposit": 0,
        "orders": [
            {
                "order_id": str(row.id),
                "shop_id": str(row.shop_id),
                "state": "awaiting_payment",
                "amount": 19_800,
            }
        ],
    }
    assert again.json() == first.json()
    assert row.buyer_id == buyer
    assert row.expires_at - row.placed_at == timedelta(minutes=15)


def test_a_buyer_buys_on_a_shop_page() -> None:
    sku = make_sku(make_product(make_shop()))
    listing = mount(sku, surface="shop_page", container_id=sku.shop_id)
    body = order(SimpleNamespace(listing=listing, sku=sku))
    del body["listing_id"]
    address = f"/api/v1/listings/{listing.id}/orders"
    answer, stranger = Shopper().send(
        (address, body, headers_for(sku.shop_id)), (address, body, headers_for(uuid4()))
    )
    assert answer.status_code == 201
    assert Order.objects.get().surface == "shop_page"
    assert (stranger.status_code, stranger.json()["code"]) == (409, "not_on_sale")


@pytest.mark.parametrize(
    ("changes", "status", "code", "truth"),
    [
        ({"quantity": 11}, 409, "sold_out", {"left": 10}),
        ({"quantity": 4}, 409, "limit_reached", {"limit": 3, "already": 0, "left": 3}),
        ({"unit_price": 1}, 409, "price_changed", {"unit_price": 9_900, "currency": "CNY"}),
        ({"sku_id": str(uuid4())}, 409, "not_on_sale", {"why": "unknown"}),
    ],
)
def test_a_refusal_says_what_is_true_now(changes, status, code, truth) -> None:
    place = make_place(stock=10, purchase_limit=3 if code == "limit_reached" else None)
    answer = Shopper().one(
        path(place),
        order(place, **changes),
        **headers_for(place.room.id),
        **{"accept-language": "en"},
    )
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body | truth == body
    assert "%(" not in body["detail"]


def test_a_refusal_speaks_the_buyers_language() -> None:
    place = make_place(stock=0)
    pay = headers_for(place.room.id)
    chinese, english, chosen = Shopper().send(
        (path(place), order(place), {**pay, "accept-language": "zh-CN,en;q=0.5"}),
        (path(place), order(place), {**pay, "accept-language": "en"}),
        (
            path(place),
            order(place),
            {**pay, "accept-language": "en", "cookie": f"{settings.LANGUAGE_COOKIE_NAME}=zh-hans"},
        ),
    )
    assert chinese.json()["detail"] == chosen.json()["detail"]
    assert chinese.json()["detail"].startswith("已抢光")
    assert english.json()["detail"].startswith("Sold out")


def test_what_the_rules_bar_is_refused_with_the_verdict() -> None:
    place = make_place(source="mokuai", integration="supply")
    table = compile_rules(
        [
            Rule(
                key="cut",
                outcome=Outcome.DENY,
                announced_at=clock.now() - timedelta(days=9),
                effective_from=clock.now() - timedelta(days=1),
                reason=Text("Mokuai is closed in rooms", "魔筷已在直播间关闭"),
                sources=frozenset({"mokuai"}),
                surfaces=frozenset({"live_room"}),
            )
        ]
    )
    answer = Shopper(table.verdict).one(path(place), order(place), **headers_for(place.room.id))
    body = answer.json()
    assert (answer.status_code, body["code"]) == (403, "barred_by_policy")
    assert body["verdict"]["rule"] == "cut"
    assert "shop_page" in body["verdict"]["open_surfaces"]
    assert "魔筷已在直播间关闭" in body["detail"]
    assert Stock.objects.get(sku_id=place.sku.id).reserved == 0


def test_who_may_not_buy() -> None:
    place = make_place()
    old, _ends = passes.issue(room=place.room.id, sub=uuid4(), name="Li", seconds=-1)
    answers = Shopper().send(
        (path(place), order(place), {}),
        (path(place), order(place), {"authorization": "Bearer nonsense"}),
        (path(place), order(place), {"authorization": f"Bearer {old}"}),
        (path(place), order(place), headers_for(place.room.id, guest=True)),
        (path(place), order(place), headers_for(uuid4())),
    )
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (401, "pass_required"),
        (401, "pass_invalid"),
        (401, "pass_expired"),
        (403, "sign_in_required"),
        (403, "pass_for_another_place"),
    ]
    assert answers[0].headers["www-authenticate"] == "Bearer"
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        {"quantity": 0},
        {"quantity": 1_000},
        {"quantity": "1"},
        {"quantity": 1.5},
        {"quantity": True},
        {"unit_price": -1},
        {"unit_price": 10**14},
        {"idempotency_key": ""},
        {"idempotency_key": "k" * 101},
        {"idempotency_key": "a\u0000b"},
        {"listing_id": "nonsense"},
        {"surprise": 1},
    ],
)
def test_a_strange_order_is_refused(spoil) -> None:
    place = make_place()
    answer = Shopper().one(path(place), order(place, **spoil), **headers_for(place.room.id))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_bodies_that_are_no_order() -> None:
    place = make_place()
    answers = Shopper().send(
        *((path(place), body, headers_for(place.room.id)) for body in (b"", b"{", b"[]", b"\xff")),
        (path(place), b"x" * 17_000, headers_for(place.room.id)),
        (path(place), b"", {"method": "GET", **headers_for(place.room.id)}),
        ("/api/v1/rooms/nonsense/orders", order(place), headers_for(place.room.id)),
    )
    assert [answer.status_code for answer in answers] == [422] * 4 + [413, 405, 404]


def test_a_key_used_for_another_order() -> None:
    place = make_place()
    pay = headers_for(place.room.id)
    first, second = Shopper().send(
        (path(place), order(place), pay), (path(place), order(place, quantity=2), pay)
    )
    assert first.status_code == 201
    assert (second.status_code, second.json()["code"]) == (422, "idempotency_key_reused")


def test_several_things_are_one_checkout() -> None:
    place = make_place()
    other = make_place()
    other.listing.container_id = place.room.id
    other.listing.save()
    lines = [
        {
            "listing_id": str(one.listing.id),
            "sku_id": str(one.sku.id),
            "quantity": 1,
            "unit_price": 9_900,
        }
        for one in (place, other)
    ]
    buyer = uuid4()
    body = json.dumps({"lines": lines, "idempotency_key": "basket"}).encode()
    twice = json.dumps({"lines": lines[:1] * 2, "idempotency_key": "twice"}).encode()
    stale = [lines[0], {**lines[1], "unit_price": 1}]
    changed = json.dumps({"lines": stale, "idempotency_key": "stale"}).encode()
    bought, doubled, refused = Shopper().send(
        *((path(place), one, headers_for(place.room.id, buyer)) for one in (body, twice, changed))
    )
    assert bought.status_code == 201, bought.text
    answer = bought.json()
    assert answer["amount"] == 19_800
    assert {one["shop_id"] for one in answer["orders"]} == {
        str(place.sku.shop_id),
        str(other.sku.shop_id),
    }
    assert set(Order.objects.values_list("checkout_id", flat=True)) == {UUID(answer["checkout_id"])}
    assert doubled.status_code == 422
    assert doubled.json()["code"] == "invalid_request"
    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    assert refused.json()["line"] == 1

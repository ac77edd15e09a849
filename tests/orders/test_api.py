from uuid import uuid4

import pytest
from django.test import Client
from tests.factories import make_account, make_operator, make_shop
from tests.orders.worlds import ADDRESS, fresh, make_world

from yellowcart.live import passes
from yellowcart.orders.paying import do_record_payment
from yellowcart.payments.models import Payment
from yellowcart.payments.providers.base import Told

pytestmark = pytest.mark.django_db


def browser(account=None) -> Client:
    client = Client()
    if account is not None:
        client.force_login(account)
    return client


def post(client: Client, path: str, body=None):
    return client.post(f"/api/v1/orders{path}", body or {}, content_type="application/json")


def test_a_purchase_over_http() -> None:
    world = make_world()
    order = world.order(quantity=2)
    buyer, shop = browser(world.buyer), browser(world.owner)
    begun = post(buyer, f"/{order.id}/payments", {"ship_to": ADDRESS})
    assert begun.status_code == 201
    assert begun.json()["pay_url"].startswith("http://testserver/pay/sandbox/sbx_")
    payment = Payment.objects.get(id=begun.json()["payment_id"])
    assert payment.provider_ref
    told = Told("m", payment.provider_ref, True, payment.amount_minor, payment.currency, "x")
    do_record_payment("sandbox", told)
    parcel = {"carrier": "SF", "tracking_no": "SF123456"}
    assert post(shop, f"/{order.id}/shipment", parcel).json()["state"] == "shipped"
    whole = post(buyer, f"/{order.id}/receipt").json()
    assert whole["state"] == "completed"
    assert whole["amount"] == 19_800
    assert whole["lines"][0]["quantity"] == 2
    assert whole["shipment"]["tracking_no"] == "SF123456"
    verbs = [step["verb"] for step in whole["history"]]
    assert verbs == ["payment_started", "pay", "ship", "confirm"]
    mine = buyer.get("/api/v1/orders").json()
    assert [one["order_id"] for one in mine["items"]] == [str(order.id)]
    sold = shop.get(f"/api/v1/orders/of-shop/{world.shop.handle}").json()
    assert [one["order_id"] for one in sold["items"]] == [str(order.id)]


def test_cancelling_over_http() -> None:
    world = make_world()
    order = world.order()
    assert post(browser(world.buyer), f"/{order.id}/cancel").json()["state"] == "closed"
    again = post(browser(world.buyer), f"/{order.id}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "order_state")


@pytest.mark.parametrize(
    ("method", "path", "stranger", "rival", "operator", "buyer", "owner"),
    [
        ("get", "/{order}", 401, 404, 200, 200, 200),
        ("post", "/{order}/payments", 401, 404, 403, 201, 403),
        ("post", "/{order}/cancel", 401, 404, 200, 200, 403),
        ("post", "/{order}/receipt", 401, 404, 403, 409, 403),
        ("post", "/{order}/shipment", 401, 404, 403, 403, 409),
        ("get", "/of-shop/{shop}", 401, 403, 200, 403, 200),
    ],
)
def test_who_may_do_what(method, path, stranger, rival, operator, buyer, owner) -> None:
    expected = {
        "stranger": stranger,
        "rival": rival,
        "operator": operator,
        "buyer": buyer,
        "owner": owner,
    }
    for role, status in expected.items():
        world = make_world()
        order = world.order(ship_to=ADDRESS)
        other = make_account()
        make_shop(other)
        account = {
            "stranger": None,
            "rival": other,
            "operator": make_operator(),
            "buyer": world.buyer,
            "owner": world.owner,
        }[role]
        address = path.format(order=order.id, shop=world.shop.id)
        body = {"carrier": "SF", "tracking_no": "SF1"} if "shipment" in path else {}
        client = browser(account)
        if method == "get":
            answer = client.get(f"/api/v1/orders{address}")
        else:
            answer = post(client, address, body)
        assert answer.status_code == status, (role, answer.content)
        if status in {401, 403, 404}:
            assert fresh(order).state == "awaiting_payment"


def test_a_session_needs_its_csrf_token() -> None:
    world = make_world()
    order = world.order()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.buyer)
    assert post(client, f"/{order.id}/cancel").status_code == 403
    assert fresh(order).state == "awaiting_payment"


def test_a_pass_to_buy_on_a_shop_page() -> None:
    world = make_world()
    wanted = {"listing_id": str(world.listing.id)}
    answer = post(browser(world.buyer), "/pass", wanted).json()
    holder = passes.verify(answer["pass"])
    assert (holder.room, holder.sub, holder.guest) == (world.shop.id, world.buyer.id, False)
    assert answer["viewer_id"] == str(world.buyer.id)
    assert post(browser(), "/pass", wanted).status_code == 401
    assert post(browser(world.buyer), "/pass", {"listing_id": str(uuid4())}).status_code == 404

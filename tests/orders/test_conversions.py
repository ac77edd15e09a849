import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from tests.orders.worlds import make_world

from yellowcart.core import clock
from yellowcart.core.models import OutboxEvent
from yellowcart.listings.models import Click
from yellowcart.orders.models import Conversion
from yellowcart.payments.secrets import conversion_secret
from yellowcart.sources.connectors.mokuai import sign_webhook
from yellowcart.sources.models import Source

pytestmark = pytest.mark.django_db
NOON = datetime(2021, 11, 16, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def youzan() -> Source:
    names = {"name_en": "Youzan", "name_zh": "有赞", "integration": "link"}
    source, _made = Source.objects.update_or_create(
        code="youzan", defaults={**names, "track_window_days": 15}
    )
    return source


def click(at: datetime = NOON) -> Click:
    listing = make_world().listing
    return Click.objects.create(
        listing=listing,
        shop_id=listing.shop_id,
        product_id=listing.product_id,
        source="youzan",
        surface="short_video",
        container_id=uuid4(),
        at=at,
    )


def sale(order_id: str = "E1", status: int = 12, minutes: int = 0, **changes):
    at = NOON + timedelta(hours=1)
    return {
        "order_id": order_id,
        "status": status,
        "amount": 5_000,
        "commission": 600,
        "ordered_at": at.isoformat(),
        "updated_at": (at + timedelta(minutes=minutes)).isoformat(),
        **changes,
    }


def tell(*sales, message_id: str | None = None, source: str = "youzan", **headers: str):
    body = json.dumps({"orders": list(sales)}).encode()
    message_id = message_id or str(uuid4())
    at = int(clock.wall().timestamp())
    signed = {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": sign_webhook(message_id, at, body, conversion_secret(source)),
        **headers,
    }
    return Client().post(
        f"/api/v1/orders/conversions/{source}",
        body,
        content_type="application/json",
        headers=signed,
    )


def test_a_sale_is_credited_to_its_click() -> None:
    left = click()
    assert tell(sale(click_id=str(left.id))).json() == {
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "unmatched": 0,
    }
    row = Conversion.objects.get()
    assert (row.status, row.amount_minor, row.commission_minor) == ("paid", 5_000, 600)
    assert (row.click_id, row.shop_id, row.surface) == (left.id, left.shop_id, "short_video")
    assert (row.container_id, row.in_window) == (left.container_id, True)
    event = OutboxEvent.objects.get(topic="orders.converted")
    assert event.shop_id == left.shop_id


@pytest.mark.parametrize(
    ("days", "counts"), [(0, True), (14, True), (15, False), (40, False), (-1, False)]
)
def test_the_window_is_the_sources(days: int, counts: bool) -> None:
    left = click()
    tell(sale(click_id=str(left.id), ordered_at=(NOON + timedelta(days=days)).isoformat()))
    assert Conversion.objects.get().in_window is counts


def test_the_same_message_twice_is_once() -> None:
    tell(sale(), message_id="m")
    assert tell(sale(), message_id="m").json()["unchanged"] == 1
    assert tell(sale()).json()["unchanged"] == 1
    assert Conversion.objects.count() == 1
    assert OutboxEvent.objects.count() == 1


@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)], ids=["in order", "reversed", "crossed"]
)
def test_the_sources_latest_word_stands_in_whatever_order(order) -> None:
    words = [
        sale(status=12, minutes=0),
        sale(status=14, minutes=5, amount=4_900),
        sale(status=3, minutes=9, amount=4_900),
        sale(status=13, minutes=30, amount=4_900),
    ]
    for place in order:
        assert tell(words[place]).status_code == 200
    row = Conversion.objects.get()
    assert (row.status, row.amount_minor) == ("closed", 4_900)


def test_of_two_words_of_one_instant_the_later_step_stands() -> None:
    tell(sale(status=13), sale(status=12))
    assert Conversion.objects.get().status == "closed"
    tell(sale("E2", status=14))
    tell(sale("E2", status=12))
    assert Conversion.objects.get(external_order_id="E2").status == "received"


def test_what_no_click_led_to_is_kept_and_found_later() -> None:
    left = click()
    assert tell(sale(), sale("E2", click_id=str(uuid4()))).json()["unmatched"] == 2
    assert Conversion.objects.filter(click_id=None, in_window=False).count() == 2
    tell(sale(status=14, minutes=5, click_id=str(left.id)))
    row = Conversion.objects.get(external_order_id="E1")
    assert (row.click_id, row.in_window) == (left.id, True)


def test_another_sources_click_is_not_credited() -> None:
    left = click()
    names = {"name_en": "JD", "name_zh": "京东", "integration": "link"}
    Source.objects.update_or_create(code="jd", defaults=names)
    tell(sale(click_id=str(left.id)), source="jd")
    assert Conversion.objects.get().click_id is None


def test_a_batch_has_1_to_100_sales() -> None:
    assert tell().status_code == 422
    assert tell(*(sale(f"E{n}") for n in range(101))).status_code == 422
    assert tell(*(sale(f"E{n}") for n in range(100))).json()["created"] == 100


@pytest.mark.parametrize(
    "spoil",
    [
        {"status": 99},
        {"amount": -1},
        {"updated_at": "2021-11-16T12:00:00"},
        {"order_id": ""},
        {"currency": "yuan"},
    ],
)
def test_a_sale_that_makes_no_sense_is_refused(spoil) -> None:
    assert tell(sale("E9"), sale(**spoil)).status_code == 422
    assert not Conversion.objects.exists()


def test_only_the_sources_own_connector_is_believed() -> None:
    assert tell(sale(), **{"webhook-signature": "v1,AAAA"}).status_code == 401
    assert tell(sale(), **{"webhook-id": "another"}).status_code == 401
    assert tell(sale(), **{"webhook-timestamp": "1"}).status_code == 401
    assert tell(sale(), source="nobody").status_code == 404
    body = json.dumps({"orders": [sale()]}).encode()
    at = int(clock.wall().timestamp())
    wrong = sign_webhook("m", at, body, conversion_secret("jd"))
    answer = tell(
        sale(), message_id="m", **{"webhook-timestamp": str(at), "webhook-signature": wrong}
    )
    assert answer.status_code == 401
    assert not Conversion.objects.exists()

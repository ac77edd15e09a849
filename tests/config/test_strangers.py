"""Least privilege over the whole API: what is not named public here refuses a stranger."""

import re
from uuid import uuid4

import pytest

#: What anybody may read, or what checks a signature or a cookie of its own.
PUBLIC = {
    "GET /api/v1/policy/verdict",
    "GET /api/v1/policy/rules",
    "GET /api/v1/people/permit-rules",
    "GET /api/v1/shops/{shop}",
    "GET /api/v1/products/on-offer/{shop}",
    "GET /api/v1/products/{product_id}",
    "GET /api/v1/listings/{listing_id}",
    "GET /api/v1/listings/{surface}/{container_id}",
    "GET /api/v1/rooms",
    "POST /api/v1/rooms/shares/resolve",
    "GET /api/v1/rooms/{room_id}/reminder",
    "POST /api/v1/rooms/{room_id}/pass",
    "GET /api/v1/promotions/rooms/{room_id}",
    "GET /api/v1/promotions/listings/{listing_id}",
    "GET /api/v1/videos",
    "GET /api/v1/media/rooms/{room_id}/replay",
    "GET /api/v1/gifts/catalogue",
    "GET /api/v1/gifts/bags/{bag_id}/draw",
    "POST /api/v1/orders/payments/{provider}/callback",
    "POST /api/v1/orders/conversions/{source}",
    "GET /api/v1/webhooks/events",
}
#: The edge answers these; tests/edge and tests/checkout try strangers there.
EDGE = {
    "GET /api/v1/rooms/{room_id}",
    "POST /api/v1/rooms/{room_id}/orders",
    "POST /api/v1/listings/{listing_id}/orders",
    "GET /go/{listing_id}",
}


@pytest.mark.django_db
def test_a_stranger_is_refused_wherever_nothing_says_otherwise(client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    operations = {
        f"{verb.upper()} {path}" for path, verbs in described["paths"].items() for verb in verbs
    }
    assert operations >= PUBLIC | EDGE
    asked = sorted(operations - PUBLIC - EDGE)
    assert len(asked) > 50
    let_in = {}
    for operation in asked:
        verb, path = operation.split(" ")
        address = re.sub(r"\{[^}]+\}", str(uuid4()), path)
        status = client.generic(verb, address, "{}", content_type="application/json").status_code
        if status not in {401, 403}:
            let_in[operation] = status
    assert let_in == {}

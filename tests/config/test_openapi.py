"""The description outsiders generate clients from."""

import pytest


@pytest.mark.django_db
def test_the_description_names_both_planes_and_resolves(client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path, verb in (
        ("/api/v1/rooms/{room_id}/pass", "post"),
        ("/api/v1/rooms/{room_id}/orders", "post"),
        ("/api/v1/rooms/{room_id}", "get"),
        ("/api/v1/policy/verdict", "get"),
        ("/go/{listing_id}", "get"),
    ):
        assert verb in described["paths"][path], path
    schemas = described["components"]["schemas"]
    assert set(schemas["RoomBody"]["required"]) == {
        "listing_id",
        "sku_id",
        "quantity",
        "unit_price",
        "idempotency_key",
    }
    assert _unresolved(described, schemas) == set()


def _unresolved(node: object, schemas: dict[str, object]) -> set[str]:
    if isinstance(node, dict):
        found = set().union(*(_unresolved(value, schemas) for value in node.values()), set())
        ref = node.get("$ref")
        if isinstance(ref, str) and ref.removeprefix("#/components/schemas/") not in schemas:
            found.add(ref)
        return found
    if isinstance(node, list):
        return set().union(*(_unresolved(value, schemas) for value in node), set())
    return set()

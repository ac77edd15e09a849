"""The description outsiders generate clients from."""

import pytest

from yellowcart.config.openapi import shared_names


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


@pytest.mark.django_db
def test_schemas_of_several_folders_keep_apart(client) -> None:
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert shared_names() & set(schemas) == set()
    assert "order_id" in schemas["OrdersWholeOut"]["properties"]
    assert "case_id" in schemas["AftersalesWholeOut"]["properties"]


@pytest.mark.django_db
def test_every_page_with_a_cursor_has_one_shape(client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    schemas = described["components"]["schemas"]
    pages = {name for name, one in schemas.items() if "next_cursor" in one.get("properties", {})}
    assert all("items" in schemas[name]["properties"] for name in pages), pages
    paged = 0
    for operations in described["paths"].values():
        for operation in operations.values():
            answer = operation["responses"].get("200", {}).get("content", {})
            ref = answer.get("application/json", {}).get("schema", {}).get("$ref", "")
            if ref.rpartition("/")[2] in pages:
                paged += 1
                names = {parameter["name"] for parameter in operation["parameters"]}
                assert {"cursor", "limit"} <= names, operation["operationId"]
    assert paged > 8


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

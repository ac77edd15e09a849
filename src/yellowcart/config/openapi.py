"""One description of the whole API: the control plane's own, and the edge's endpoints beside it."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from ninja import NinjaAPI, Schema
from ninja.openapi import schema as ninja_openapi
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.schema import NinjaGenerateJsonSchema
from pydantic.json_schema import CoreModeRef, DefsRef

from yellowcart.checkout.routes import Answer, BasketBody, ListingBody, RoomBody
from yellowcart.people.tokens import Anybody, OAuth2

_PASS: list[dict[str, list[str]]] = [{"RoomPass": []}]


@cache
def shared_names() -> frozenset[str]:
    """The names that schemas of several folders have; asked once every router is there."""
    modules: defaultdict[str, set[str]] = defaultdict(set)
    waiting = list(Schema.__subclasses__())
    while waiting:
        schema = waiting.pop()
        modules[schema.__name__].add(schema.__module__)
        waiting += schema.__subclasses__()
    return frozenset(name for name, found in modules.items() if len(found) > 1)


class FolderNames(NinjaGenerateJsonSchema):
    """Puts the folder before a name that several have: ``OrdersLineOut``, ``MediaLineOut``.

    Ninja describes each model by itself and lets the last of a name stand for all.
    """

    def get_defs_ref(self, core_mode_ref: CoreModeRef) -> DefsRef:
        """The key of a definition, whose first choice of a name is made our own."""
        key = super().get_defs_ref(core_mode_ref)
        choices = self._prioritized_defsref_choices[key]
        package, _dot, rest = core_mode_ref[0].partition(".")
        if package == "yellowcart" and choices[0] in shared_names():
            choices[0] = DefsRef(rest.partition(".")[0].capitalize() + choices[0])
        return key


# The one place where Ninja takes it from.
ninja_openapi.NinjaGenerateJsonSchema = FolderNames  # type: ignore[attr-defined]


class WholeAPI(NinjaAPI):
    """Ninja's API whose description also names what the edge answers."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The control plane's description with the edge's paths and bodies added."""
        schema = super().get_openapi_schema(**options)
        _bodies, components = msgspec.json.schema_components(
            (RoomBody, BasketBody, ListingBody, Answer), ref_template="#/components/schemas/{name}"
        )
        described = schema["components"]
        described.get("securitySchemes", {}).pop("Anybody", None)
        locks = {self.name_of(each): security_of(each) for each in self.operations()}
        for operations in schema["paths"].values():
            for operation in operations.values():
                if locks.get(operation["operationId"]):
                    operation["security"] = locks[operation["operationId"]]
        described.setdefault("schemas", {}).update(components)
        described["schemas"]["Problem"] = PROBLEM
        for name, model in described["schemas"].items():
            # Generators call their classes by the title.
            if model.get("title") in shared_names():
                model["title"] = name
        described.setdefault("securitySchemes", {})["RoomPass"] = {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
        }
        for path, operations in EDGE_PATHS.items():
            schema["paths"].setdefault(path, {}).update(operations)
        return schema

    def operations(self) -> Iterator[Operation]:
        """Every operation of the control plane, with who may call it."""
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                yield from view.operations

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Folder and function, such as ``orders_ship``: clients name their calls by it."""
        name: str = super().get_openapi_operation_id(operation)
        return name.removeprefix("yellowcart_").replace("_api_", "_", 1)

    def name_of(self, operation: Operation) -> str:
        """The operation's name in the description."""
        return operation.operation_id or self.get_openapi_operation_id(operation)


def security_of(operation: Operation) -> list[dict[str, list[str]]]:
    """Who may call an operation, in OpenAPI's words: any one of these."""
    found: list[dict[str, list[str]]] = []
    for lock in operation.auth_callbacks:
        if isinstance(lock, OAuth2):
            found.append({"OAuth2": [lock.scope]})
        elif isinstance(lock, Anybody):
            found.append({})
        else:
            found.append({type(lock).__name__: []})
    return found


PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457 problem details",
    "type": "object",
    "required": ["type", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; for machines"},
        "detail": {"type": "string", "description": "In the caller's language; for people"},
    },
}


def _parameter(name: str, where: str = "path", **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "schema": schema or {"type": "string", "format": "uuid"},
    }


def _problems(*statuses: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": "A problem", "content": content} for status in statuses}


def _json(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _order(summary: str, container: str, *bodies: type[msgspec.Struct]) -> dict[str, Any]:
    schemas = [{"$ref": f"#/components/schemas/{body.__name__}"} for body in bodies]
    return {
        "post": {
            "operationId": f"edge_order_in_{container}",
            "tags": ["checkout"],
            "summary": summary,
            "description": "Answered after the commit; the same key and body is the same order.",
            "security": _PASS,
            "parameters": [_parameter(f"{container}_id")],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
                    }
                },
            },
            "responses": {
                "201": _json({"$ref": "#/components/schemas/Answer"}, "The order stands"),
                **_problems(400, 401, 403, 409, 413, 422, 429, 503),
            },
        }
    }


EDGE_PATHS: dict[str, dict[str, Any]] = {
    "/api/v1/rooms/{room_id}": {
        "get": {
            "operationId": "edge_room",
            "tags": ["live"],
            "summary": "A room as it stands: state, cart with verdicts, number, events_url",
            "parameters": [
                _parameter("room_id"),
                _parameter("lang", "query", type="string", enum=["zh-hans", "en"]),
            ],
            "responses": {"200": _json({"type": "object"}, "The snapshot"), **_problems(404, 503)},
        }
    },
    "/api/v1/rooms/{room_id}/orders": _order("Buy in a room", "room", RoomBody, BasketBody),
    "/api/v1/listings/{listing_id}/orders": _order("Buy elsewhere", "listing", ListingBody),
    "/go/{listing_id}": {
        "get": {
            "operationId": "edge_go",
            "tags": ["listings"],
            "summary": "Leave for the source, with a click id",
            "parameters": [_parameter("listing_id")],
            "responses": {
                "302": {"description": "To the source"},
                **_problems(403, 404, 503),
            },
        }
    },
}

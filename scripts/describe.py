"""Write the part of the API's description that is for applications: what a token may call.

Usage: describe.py FILE. The client's generator reads it (`make client`).
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any


def named(node: Any) -> set[str]:
    """The schemas that something refers to."""
    if isinstance(node, dict):
        found = set().union(*map(named, node.values()), set())
        ref = node.get("$ref", "")
        return found | {ref.rpartition("/")[2]} if isinstance(ref, str) and ref else found
    if isinstance(node, list):
        return set().union(*map(named, node), set())
    return set()


def for_applications(described: dict[str, Any]) -> dict[str, Any]:
    """The description without what no token opens, and without schemas that nothing names."""
    paths = {}
    for path, operations in described["paths"].items():
        kept = {
            method: operation
            for method, operation in operations.items()
            if any("OAuth2" in lock for lock in operation.get("security", []))
        }
        if kept:
            paths[path] = kept
    schemas = described["components"]["schemas"]
    wanted, seen = named(paths), set()
    while fresh := wanted - seen:
        seen |= fresh
        wanted |= named([schemas[name] for name in fresh])
    components = {
        **described["components"],
        "schemas": {name: schema for name, schema in schemas.items() if name in seen},
    }
    return {**described, "paths": paths, "components": components}


def main(target: Path) -> None:
    """Write the description."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("YELLOWCART_DATA", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yellowcart.config.settings")
        import django

        django.setup()
        from django.core.serializers.json import DjangoJSONEncoder

        from yellowcart.config.api import api

        described = json.loads(json.dumps(api.get_openapi_schema(), cls=DjangoJSONEncoder))
    text = json.dumps(for_applications(described), indent=1, ensure_ascii=False)
    target.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

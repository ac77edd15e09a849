"""Write the part of the API's description that is for applications: what a token may call.

Usage: describe.py FILE DIGEST. The client generator reads the one (`make client`); the other, kept
beside what was generated, tells when the API has changed since.
"""

import hashlib
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


def written() -> str:
    """The description as the generator reads it. Needs Django to be set up."""
    # Both need Django.
    from django.conf import settings
    from django.core.serializers.json import DjangoJSONEncoder
    from django.utils import translation

    from yellowcart.config.api import api

    with translation.override(settings.LANGUAGE_CODE):
        described = json.loads(json.dumps(api.get_openapi_schema(), cls=DjangoJSONEncoder))
    return json.dumps(for_applications(described), indent=1, ensure_ascii=False) + "\n"


def digest_of(text: str) -> str:
    """What a description is known by."""
    return hashlib.sha256(text.encode()).hexdigest()


def main(target: Path, digest: Path) -> None:
    """Write the description and its digest."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("YELLOWCART_DATA", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yellowcart.config.settings")
        import django

        django.setup()
        text = written()
    target.write_text(text, encoding="utf-8")
    digest.write_text(digest_of(text) + "\n", encoding="ascii")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

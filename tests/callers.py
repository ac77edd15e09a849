"""Somebody who calls the JSON API."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yellowcart.people.models import Account


class Caller:
    """An HTTP client of an account, or of a stranger."""

    def __init__(self, account: Account | None = None, language: str = "en") -> None:
        self.client = Client(headers={"Accept-Language": language})
        if account is not None:
            self.client.force_login(account)

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the JSON of a reply."""
        reply = self.client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(body) if body is not None else "",
            "application/json",
        )
        return reply.status_code, json.loads(reply.content) if reply.content else None

    def send_file(self, path: str, data: bytes, **fields: str) -> tuple[int, Any]:
        """The status and the JSON of the reply to an uploaded file."""
        upload = SimpleUploadedFile("products.csv", data, "text/csv")
        reply = self.client.post(f"/api/v1{path}", {"file": upload, **fields})
        return reply.status_code, json.loads(reply.content)

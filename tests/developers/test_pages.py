"""From signing in to a call that works, on the pages; and nobody else's."""

import re

import pytest
from django.test import Client

from tests.developers.receiver import receiving
from tests.developers.worlds import Program, consent, make_program, owner_with_shop
from tests.factories import make_account
from yellowcart.developers import delivering
from yellowcart.developers.models import Application, Message, Webhook

pytestmark = pytest.mark.django_db


def browser(person, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(person)
    return client


def test_an_application_its_credentials_once_a_call_and_a_webhook(settings) -> None:
    owner, shop = owner_with_shop()
    client = browser(owner)
    assert "No application yet" in client.get("/developers/").content.decode()
    made = client.post(
        "/developers/new/",
        {
            "name": "Bridge",
            "reach": f"shop:{shop.id}",
            "scopes": ["shops:read", "stock:read"],
            "keeps_secret": "on",
        },
    )
    page = made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    application = Application.objects.get()
    secret = re.search(r"data-secret>([^<]+)<", page)
    assert secret
    assert f"{application.client_id}:{secret[1]}" in page
    program = Program(application, secret[1]).log_in()
    assert [each["handle"] for each in program("GET", "/shops/mine")[1]] == [shop.handle]

    address = f"/developers/{application.id}/"
    assert secret[1] not in client.get(address).content.decode()
    with receiving(settings) as receiver:
        refused = client.post(
            f"{address}webhooks/new/", {"url": "https://10.0.0.1/", "events": ["stock.changed"]}
        )
        assert refused.status_code == 422
        shown = client.post(
            f"{address}webhooks/new/", {"url": receiver.url, "events": ["stock.changed"]}
        )
        assert "whsec_" in shown.content.decode()
        webhook = Webhook.objects.get()
        hook = f"{address}webhooks/{webhook.id}/"
        assert client.post(f"{hook}do/", {"verb": "ping"}).status_code == 302
        delivering.deliver(str(webhook.id))
        log = client.get(hook).content.decode()
        assert "thank you" in log
        assert "answered well" in log
        message = Message.objects.get()
        client.post(f"{hook}do/", {"verb": "replay", "message": str(message.id)})
        delivering.deliver(str(webhook.id))
        assert len(receiver.got) == 2
    assert client.post(f"{hook}do/", {"verb": "replay", "message": "x"}).status_code == 404
    assert client.post(f"{hook}do/", {"verb": "sing"}).status_code == 422
    client.post(f"{hook}do/", {"verb": "delete"})
    assert Webhook.objects.count() == 0
    client.post(f"{address}delete/")
    assert program("GET", "/shops/mine")[0] == 401


def test_strangers_sign_in_and_others_find_nothing() -> None:
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}")
    address = f"/developers/{program.application.id}/"
    other = browser(make_account())
    for path in ("/developers/", "/developers/new/", address, f"{address}webhooks/new/"):
        assert Client().get(path).status_code == 302
    for path in (address, f"{address}webhooks/new/"):
        assert other.get(path).status_code == 404
    for path in ("secret/", "delete/"):
        assert other.post(address + path).status_code == 404
        assert browser(owner).get(address + path).status_code == 405
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(owner)
    assert forged.post(f"{address}delete/").status_code == 403


def test_a_person_sees_and_takes_back_what_they_allowed() -> None:
    owner, shop = owner_with_shop()
    program = make_program(make_account(), "own")
    _reply, sent = consent(program, owner, f"shop:{shop.id}")
    program.ask_token(
        grant_type="authorization_code",
        code=sent["code"],
        redirect_uri="https://app.example/back",
        code_verifier="v" * 64,
    )
    client = browser(owner, "zh-hans")
    page = client.get("/developers/").content.decode()
    assert "Bridge" in page
    assert "查看订单" in page
    client.post(
        "/developers/disconnect/", {"application": program.application.id, "shop": str(shop.id)}
    )
    assert "Bridge" not in client.get("/developers/").content.decode()
    assert client.post("/developers/disconnect/", {"application": "x"}).status_code == 422

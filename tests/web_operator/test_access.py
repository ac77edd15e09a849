"""Nobody but an operator comes in, to any page or deed of the desk."""

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from yellowcart.core.ids import new_id
from yellowcart.people.models import Account
from yellowcart.web.operator.urls import urlpatterns

ARGUMENTS = {
    "key": "some.rule",
    "draft_id": new_id(),
    "instant": "2021-11-15T16:00:00Z",
    "kind": "permit",
    "appeal_id": new_id(),
    "product_id": new_id(),
    "account_id": new_id(),
    "permit": "go_live",
    "run_id": new_id(),
    "shop_id": new_id(),
    "refund_id": new_id(),
    "order_id": new_id(),
    "case_id": new_id(),
    "withdrawal_id": new_id(),
    "report_id": new_id(),
    "room_id": new_id(),
    "which": "matched",
    "dispute_id": new_id(),
    "connection_id": new_id(),
    "notice_id": new_id(),
}


def address(pattern: URLPattern) -> str:
    names = pattern.pattern.converters
    return reverse(f"operator:{pattern.name}", kwargs={name: ARGUMENTS[name] for name in names})


ADDRESSES = [address(pattern) for pattern in urlpatterns]


def test_every_page_is_asked_about() -> None:
    assert len(ADDRESSES) > 20


@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in() -> None:
    for url in ADDRESSES:
        for ask in (Client().get, Client().post):
            response = ask(url)
            assert response.status_code in {302, 405}, url
            if response.status_code == 302:
                assert response["Location"].startswith("/accounts/login/?next=/operator/"), url


def test_merchants_and_creators_are_refused(merchant: Account, creator: Account) -> None:
    for account in (merchant, creator):
        client = Client()
        client.force_login(account)
        for url in ADDRESSES:
            for ask in (client.get, client.post):
                assert ask(url).status_code in {403, 405}, url


def test_deeds_want_a_csrf_token(operator: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    for name in ("withdraw", "announce", "drop", "answer", "role_step", "permit_step", "reconcile"):
        pattern = next(one for one in urlpatterns if one.name == name)
        assert client.post(address(pattern)).status_code == 403

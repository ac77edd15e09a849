"""Asking for money back in the browser's forms, and what the case's page lets its buyer do."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.factories import make_account, make_operator
from tests.orders.test_actions import paid
from tests.orders.worlds import ADDRESS, World, fresh, make_world

from yellowcart.aftersales import actions
from yellowcart.aftersales.models import Case, Picture
from yellowcart.orders.models import Order
from yellowcart.orders.receiving import do_confirm_receipt
from yellowcart.orders.shipping import do_ship

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def world() -> World:
    return make_world()


def received(world: World, quantity: int = 2) -> Order:
    """An order of 99.00 a piece that is sent and received."""
    order = paid(world, world.order(quantity=quantity))
    do_ship(
        actor=world.owner,
        shop_id=world.shop.id,
        order_id=order.id,
        carrier="SF",
        tracking_no="SF1000001",
    )
    do_confirm_receipt(actor=world.buyer, order_id=order.id)
    return fresh(order)


def ask(client: Client, order: Order, **fields: object):
    data = {"kind": "refund_only", "reason": "damaged", "line": "1", "pieces-1": "1", **fields}
    return client.post(reverse("viewer:ask", args=[order.id]), data, headers=ENGLISH)


def test_a_part_is_asked_back_with_a_picture_for_the_parties_only(
    client: Client, world: World
) -> None:
    order = received(world)
    client.force_login(world.buyer)
    page = client.get(reverse("viewer:ask", args=[order.id]), headers=ENGLISH)
    assert page.context["choices"][0].most == 2
    photo = SimpleUploadedFile("p.png", PNG)
    answer = ask(client, order, **{"amount-1": "30.5", "pictures": photo, "words": "A dent."})
    case = Case.objects.get()
    assert answer.headers["Location"] == reverse("viewer:case", args=[case.id])
    assert (case.amount_minor, case.state) == (3_050, "awaiting_seller")
    page = client.get(answer.headers["Location"], headers=ENGLISH).content.decode()
    assert "It is the shop's turn" in page
    picture = f"/api/v1/aftersales/{case.id}/pictures/{Picture.objects.get().id}"
    assert picture in page
    assert client.get(picture).status_code == 200
    client.force_login(make_account())
    assert client.get(picture).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"amount-1": "99.01"},
        {"amount-1": "much"},
        {"pieces-1": "3"},
        {"reason": "not_wanted"},
        {"kind": "wish"},
        {"line": ""},
        {"pictures": SimpleUploadedFile("p.png", b"MZ")},
    ],
)
def test_what_can_not_be_asked_is_said_on_the_page_and_nothing_is_kept(
    client: Client, world: World, fields: dict[str, object]
) -> None:
    order = received(world)
    client.force_login(world.buyer)
    answer = ask(client, order, words="A dent.", **fields)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert "A dent." in page
    assert not Case.objects.exists()
    assert not Picture.objects.exists()


def test_what_was_not_sent_and_is_cheap_is_back_at_once(client: Client, world: World) -> None:
    order = paid(world, world.order())
    client.force_login(world.buyer)
    page = client.get(reverse("viewer:ask", args=[order.id]), headers=ENGLISH).content.decode()
    assert "your money goes back at once" in page
    assert "damaged" not in page
    ask(client, order, reason="not_wanted", **{"amount-1": "1"})
    case = Case.objects.get()
    assert (case.state, case.refunded_minor) == ("succeeded", 9_900)
    shown = client.get(reverse("viewer:order", args=[order.id]), headers=ENGLISH).content.decode()
    assert "All the money went back" in shown


def test_a_refusal_can_be_answered(client: Client, world: World) -> None:
    order = received(world)
    client.force_login(world.buyer)
    ask(client, order)
    case = Case.objects.get()
    actions.do_refuse(actor=world.owner, case_id=case.id, words="We offer 20.")
    page = client.get(reverse("viewer:case", args=[case.id]), headers=ENGLISH).content.decode()
    assert "We offer 20." in page
    change = reverse("viewer:case_change", args=[case.id])
    assert client.get(change).context["choices"][0].chosen
    data = {"kind": "refund_only", "reason": "damaged", "line": "1", "pieces-1": "1"}
    client.post(change, data | {"amount-1": "20"})
    case.refresh_from_db()
    assert (case.state, case.amount_minor) == ("awaiting_seller", 2_000)
    actions.do_refuse(actor=world.owner, case_id=case.id, words="No.")
    step = reverse("viewer:case_step", args=[case.id, "ask-platform"])
    client.post(step, {"words": ""})
    case.refresh_from_db()
    assert case.state == "refused"
    client.post(step, {"words": "They promised."})
    case.refresh_from_db()
    assert case.state == "intervening"
    client.post(reverse("viewer:case_step", args=[case.id, "withdraw"]))
    case.refresh_from_db()
    assert case.state == "closed"


def test_goods_go_back_to_where_the_shop_said(client: Client, world: World) -> None:
    order = received(world)
    client.force_login(world.buyer)
    ask(client, order, kind="return_refund", reason="no_reason", intact="yes")
    case = Case.objects.get()
    actions.do_agree(actor=world.owner, case_id=case.id, return_to=ADDRESS)
    page = client.get(reverse("viewer:case", args=[case.id]), headers=ENGLISH).content.decode()
    assert ADDRESS["phone"] in page
    client.post(
        reverse("viewer:case_step", args=[case.id, "send-back"]),
        {"carrier": "SF", "tracking_no": "SF2000002"},
    )
    case.refresh_from_db()
    assert case.state == "awaiting_seller_receipt"
    listed = client.get(reverse("viewer:orders"), {"state": "after_sales"}).content.decode()
    assert reverse("viewer:case", args=[case.id]) in listed


def test_a_fallen_price_is_given_back_on_request(client: Client, world: World) -> None:
    product = world.sku.product
    product.price_protect_days = 7
    product.save()
    order = received(world, quantity=1)
    client.force_login(world.buyer)
    address = reverse("viewer:protect", args=[order.id])
    assert client.post(address).headers["Location"] == reverse("viewer:order", args=[order.id])
    world.sku.price_minor = 9_000
    world.sku.save()
    page = client.get(reverse("viewer:order", args=[order.id]), headers=ENGLISH).content.decode()
    assert "The price fell: get CN¥9.00 back" in page
    client.post(address)
    assert Case.objects.get().refunded_minor == 900


def test_a_case_is_its_buyers_own(client: Client, world: World) -> None:
    order = received(world)
    client.force_login(world.buyer)
    ask(client, order)
    case = Case.objects.get()
    gets = [reverse(f"viewer:{name}", args=[case.id]) for name in ("case", "case_change")]
    posts = [
        *(
            reverse("viewer:case_step", args=[case.id, verb])
            for verb in ("withdraw", "ask-platform", "send-back", "received")
        ),
        reverse("viewer:case_pictures", args=[case.id]),
        reverse("viewer:case_change", args=[case.id]),
        reverse("viewer:ask", args=[order.id]),
    ]
    client.force_login(make_account())
    assert {client.get(address).status_code for address in gets} == {404}
    assert {client.post(address).status_code for address in posts} == {404}
    for other in (world.owner, make_operator()):
        client.force_login(other)
        assert client.get(gets[0]).status_code == 404
        assert client.post(posts[0]).status_code == 403
        assert ask(client, order).status_code in {403, 422}
    client.logout()
    assert client.get(gets[0]).status_code == 302
    case.refresh_from_db()
    assert case.state == "awaiting_seller"
    assert case.deadline_at - case.opened_at == timedelta(days=2)

"""What a shop answers to buyers who ask for something, and who may."""

import pytest
from tests.factories import make_account, make_operator
from tests.orders.worlds import ADDRESS, World, make_world
from tests.web.test_after_sales import received

from yellowcart.aftersales import actions
from yellowcart.aftersales.models import Case
from yellowcart.aftersales.rules import Asked
from yellowcart.aftersales.states import Kind
from yellowcart.orders.models import Order
from yellowcart.people.models import Account
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> World:
    return make_world()


def asked(shop: World, kind: Kind = Kind.REFUND_ONLY, minor: int | None = 3_000) -> Case:
    order = received(shop)
    return actions.do_open(
        actor=shop.buyer,
        order_id=order.id,
        kind=kind,
        reason="damaged",
        lines={1: Asked(1, minor)},
    )


def url(shop: World, path: str) -> str:
    return f"/merchant/shop/{shop.shop.handle}/{path}"


def member(shop: World, role: str) -> Account:
    account = make_account()
    ShopMember.objects.create(shop=shop.shop, account=account, role=role)
    return account


def test_what_was_asked_is_on_the_board_and_is_agreed_to(shop: World, sign_in):
    case = asked(shop)
    client = sign_in(member(shop, "manager"))
    page = url(shop, f"cases/{case.id}/")
    assert page in client.get(url(shop, "to-do/")).content.decode()
    assert page in client.get(url(shop, "cases/")).content.decode()
    assert "give CN¥30.00 back" in client.get(page).content.decode()
    client.post(f"{page}agree/")
    case.refresh_from_db()
    assert (case.state, case.refunded_minor) == ("succeeded", 3_000)
    order = client.get(url(shop, f"orders/{case.order_id}/")).content.decode()
    assert "−CN¥30.00" in order
    assert page in order


def test_a_refusal_needs_words(shop: World, sign_in):
    case = asked(shop)
    client = sign_in(shop.owner)
    client.post(url(shop, f"cases/{case.id}/refuse/"), {"words": " "})
    case.refresh_from_db()
    assert case.state == "awaiting_seller"
    client.post(url(shop, f"cases/{case.id}/refuse/"), {"words": "We offer 20."})
    case.refresh_from_db()
    assert case.state == "refused"


def test_goods_come_back_are_exchanged_and_shelved(shop: World, sign_in):
    case = asked(shop, Kind.EXCHANGE, None)
    client = sign_in(shop.owner)
    page = url(shop, f"cases/{case.id}/")
    client.post(f"{page}agree/", ADDRESS)
    actions.do_send_back(actor=shop.buyer, case_id=case.id, carrier="SF", tracking_no="SF2")
    client.post(f"{page}take-back/")
    client.post(f"{page}restock/")
    client.post(f"{page}replace/", {"carrier": "SF", "tracking_no": "SF3000003"})
    case.refresh_from_db()
    assert case.state == "awaiting_buyer_receipt"
    assert "SF3000003" in client.get(page).content.decode()
    assert case.restocked_at is not None


def test_what_came_back_wrong_goes_to_the_platform(shop: World, sign_in):
    case = asked(shop, Kind.RETURN_REFUND)
    client = sign_in(shop.owner)
    page = url(shop, f"cases/{case.id}/")
    client.post(f"{page}agree/", ADDRESS)
    actions.do_send_back(actor=shop.buyer, case_id=case.id, carrier="SF", tracking_no="SF2")
    client.post(f"{page}dispute/", {"words": "A brick."})
    case.refresh_from_db()
    assert case.state == "intervening"
    assert Order.objects.get(id=case.order_id).open_cases == 1


def test_money_is_given_without_being_asked(shop: World, sign_in):
    order = received(shop)
    page = url(shop, f"orders/{order.id}/")
    give = {"reason": "goodwill", "line": "1", "pieces": "1", "amount": "5", "words": "Sorry."}
    for who in (member(shop, "staff"), make_operator(), make_world().owner, shop.buyer):
        assert sign_in(who).post(f"{page}give/", give).status_code == 403
    client = sign_in(shop.owner)
    for wrong in ({"amount": "x"}, {"words": ""}, {"line": ""}, {"reason": "cannot_send"}):
        client.post(f"{page}give/", give | wrong)
    assert not Case.objects.exists()
    assert f"{page}give/" in client.get(page).content.decode()
    client.post(f"{page}give/", give)
    case = Case.objects.get()
    assert (case.state, case.refunded_minor, case.reason) == ("succeeded", 500, "goodwill")


def test_staff_and_operators_look_and_do_not_answer(shop: World, sign_in):
    case = asked(shop)
    page = url(shop, f"cases/{case.id}/")
    for who in (member(shop, "staff"), make_operator()):
        client = sign_in(who)
        shown = client.get(page)
        assert shown.status_code == 200
        assert f"{page}agree/" not in shown.content.decode()
        assert client.post(f"{page}agree/").status_code == 403
        assert client.post(f"{page}refuse/", {"words": "no"}).status_code == 403
    case.refresh_from_db()
    assert case.state == "awaiting_seller"


def test_others_see_nothing_of_it(shop: World, sign_in):
    case = asked(shop)
    other = make_world()
    assert sign_in(other.owner).get(url(other, f"cases/{case.id}/")).status_code == 404
    assert sign_in(other.owner).post(url(other, f"cases/{case.id}/agree/")).status_code == 404
    for who in (other.owner, shop.buyer, make_account()):
        client = sign_in(who)
        for path in ("cases/", f"cases/{case.id}/"):
            assert client.get(url(shop, path)).status_code == 403
        assert client.post(url(shop, f"cases/{case.id}/agree/")).status_code == 403

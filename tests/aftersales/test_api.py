"""After-sales over HTTP: what each party sees and may do, and that nobody else may."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from tests.aftersales.test_rules import JPEG, PNG
from tests.aftersales.worlds import (
    DEAR,
    RETURN_TO,
    World,
    again,
    ask,
    make_world,
    paid,
    refused,
    sent,
    to_seller_receipt,
)
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop

from yellowcart.aftersales import actions, goods, queries
from yellowcart.aftersales.models import Case, Picture
from yellowcart.aftersales.states import Kind
from yellowcart.core.clock import now
from yellowcart.people.models import Account
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db


def member(world: World, role: str) -> Account:
    account = make_account()
    ShopMember.objects.create(shop=world.shop, account=account, role=role)
    return account


def rival() -> Account:
    account = make_account()
    make_shop(account)
    return account


# A case from end to end


def test_a_return_over_http() -> None:
    world = make_world()
    order = sent(world, quantity=2)
    buyer, shop = Caller(world.buyer), Caller(member(world, "manager"))
    status, told = buyer("GET", f"/aftersales/of-order/{order.id}")
    assert status == 200
    line = told["lines"][0]
    assert (line["with_buyer"], line["with_buyer_amount"], line["unsent"]) == (2, 19_800, 0)
    assert line["return_rule"] == "no_reason"
    assert "no_reason" in told["reasons"]["return_refund"]
    wanted = {
        "kind": "return_refund",
        "reason": "quality",
        "words": "It leaks.",
        "lines": [{"line_no": 1, "quantity": 1}],
    }
    status, case = buyer("POST", f"/aftersales/of-order/{order.id}", wanted)
    assert (status, case["state"], case["amount"]) == (201, "awaiting_seller", 9_900)
    assert case["steps"] == ["change", "withdraw"]
    here = f"/aftersales/{case['case_id']}"
    status, told = buyer("POST", f"/aftersales/of-order/{order.id}", wanted)
    assert (status, told["code"], told["case_id"]) == (409, "case_open", case["case_id"])
    assert buyer("GET", f"/aftersales/of-order/{order.id}")[1]["lines"][0]["with_buyer"] == 0
    status, told = shop("GET", here)
    assert told["steps"] == ["agree_return", "refuse"]
    assert told["history"][0]["words"] == "It leaks."
    assert shop("POST", f"{here}/agree", {})[1]["code"] == "return_to_required"
    status, told = shop("POST", f"{here}/agree", {"return_to": RETURN_TO, "words": "Sorry."})
    assert (status, told["state"]) == (200, "awaiting_return")
    status, told = buyer("POST", f"{here}/return", {"carrier": "YTO", "tracking_no": "YT1"})
    assert (told["state"], told["return_tracking_no"]) == ("awaiting_seller_receipt", "YT1")
    status, told = shop("POST", f"{here}/return/receipt")
    assert (told["state"], told["refunded"], told["may_restock"]) == ("succeeded", 9_900, True)
    status, told = shop("POST", f"{here}/restock", {"pieces": {"1": 1}})
    assert (status, told["may_restock"]) == (200, False)
    assert world.stock() == (9, 0, 0)
    assert [one["case_id"] for one in buyer("GET", "/aftersales")[1]["items"]] == [case["case_id"]]
    assert [event["party"] for event in told["history"]] == [
        "buyer",
        "seller",
        "buyer",
        "seller",
        "seller",
    ]


def test_an_exchange_and_the_platform_over_http() -> None:
    world = make_world()
    buyer, shop, operator = Caller(world.buyer), Caller(world.owner), Caller(make_operator())
    case = to_seller_receipt(world, sent(world), Kind.EXCHANGE)
    here = f"/aftersales/{case.id}"
    assert shop("POST", f"{here}/return/dispute", {"words": "A brick."})[1]["state"] == (
        "intervening"
    )
    queue = operator("GET", "/aftersales/interventions")[1]["items"]
    assert [one["case_id"] for one in queue] == [str(case.id)]
    decision = {"decision": "return", "words": "Send it again."}
    assert operator("POST", f"{here}/decision", decision)[1]["state"] == "awaiting_return"
    buyer("POST", f"{here}/return", {"carrier": "YTO", "tracking_no": "YT2"})
    assert shop("POST", f"{here}/return/receipt")[1]["state"] == "awaiting_replacement"
    parcel = {"carrier": "SF", "tracking_no": "N1"}
    assert shop("POST", f"{here}/replacement", parcel)[1]["state"] == "awaiting_buyer_receipt"
    assert buyer("POST", f"{here}/replacement/receipt")[1]["state"] == "succeeded"


def test_an_instant_refund_over_http() -> None:
    world = make_world()
    order = paid(world, world.order())
    buyer = Caller(world.buyer)
    assert buyer("GET", f"/aftersales/of-order/{order.id}")[1]["is_instant"]
    wanted = {
        "kind": "refund_only",
        "reason": "not_wanted",
        "lines": [{"line_no": 1, "quantity": 1}],
    }
    status, case = buyer("POST", f"/aftersales/of-order/{order.id}", wanted)
    assert (status, case["state"], case["special"]) == (201, "succeeded", "instant")
    assert buyer("GET", f"/orders/{order.id}")[1]["state"] == "closed"


# Who may not


STEPS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("POST", "/change", {"kind": "refund_only", "reason": "quality", "lines": []}),
    ("POST", "/withdraw", None),
    ("POST", "/intervention", {"words": "x"}),
    ("POST", "/return", {"carrier": "SF", "tracking_no": "1"}),
    ("POST", "/replacement/receipt", None),
    ("POST", "/agree", {}),
    ("POST", "/refuse", {"words": "x"}),
    ("POST", "/return/receipt", None),
    ("POST", "/return/dispute", {"words": "x"}),
    ("POST", "/replacement", {"carrier": "SF", "tracking_no": "1"}),
    ("POST", "/replacement/refund", None),
    ("POST", "/restock", {}),
]
OPERATORS = [
    ("POST", "/step-in", {"words": "x"}),
    ("POST", "/decision", {"decision": "refund", "words": "x"}),
]


def test_strangers_and_other_shops_do_not_even_learn_that_there_is_a_case() -> None:
    world = make_world()
    case = ask(world, sent(world))
    for caller in (Caller(make_account()), Caller(rival())):
        for verb, path, body in STEPS:
            assert caller(verb, f"/aftersales/{case.id}{path}", body)[0] == 404, path
            assert caller(verb, f"/aftersales/{uuid4()}{path}", body)[0] == 404, path
        for verb, path, body in OPERATORS:
            assert caller(verb, f"/aftersales/{case.id}{path}", body)[0] == 403, path
        assert caller("GET", "/aftersales/interventions")[0] == 403
        assert caller("GET", f"/aftersales/of-shop/{world.shop.id}")[0] == 403
        assert caller("GET", f"/aftersales/of-shop/{world.shop.id}/board")[0] == 403
        assert caller("GET", f"/aftersales/of-order/{case.order_id}")[0] == 404
        assert caller("GET", "/aftersales")[1]["items"] == []
    for verb, path, body in [*STEPS, *OPERATORS]:
        assert Caller()(verb, f"/aftersales/{case.id}{path}", body)[0] == 401, path
    assert again(case).state == "awaiting_seller"


def test_each_side_takes_its_own_steps_only() -> None:
    world = make_world()
    case = ask(world, sent(world))
    buyers, sellers = STEPS[1:6], STEPS[6:]
    for verb, path, body in sellers:
        assert Caller(world.buyer)(verb, f"/aftersales/{case.id}{path}", body)[0] == 403, path
        assert Caller(make_operator())(verb, f"/aftersales/{case.id}{path}", body)[0] == 403, path
    for verb, path, body in [*buyers, *OPERATORS]:
        assert Caller(world.owner)(verb, f"/aftersales/{case.id}{path}", body)[0] == 403, path
    staff = Caller(member(world, "staff"))
    for path in ("/agree", "/refuse", "/return/receipt", "/return/dispute"):
        status, told = staff("POST", f"/aftersales/{case.id}{path}", {"words": "x"})
        assert (status, told["code"]) == (403, "shop_forbidden"), path
    assert staff("GET", f"/aftersales/{case.id}")[1]["steps"] == []
    assert again(case).state == "awaiting_seller"


def test_staff_send_replacements_and_restock() -> None:
    world = make_world()
    staff = member(world, "staff")
    case = to_seller_receipt(world, sent(world), Kind.EXCHANGE)
    actions.do_take_back(actor=world.owner, case_id=case.id)
    assert queries.access_case(staff, case.id).steps == ["replace"]
    goods.do_restock(actor=staff, case_id=case.id)
    goods.do_replace(actor=staff, case_id=case.id, carrier="SF", tracking_no="1")
    assert again(case).state == "awaiting_buyer_receipt"


def test_somebody_blocked_sees_nothing() -> None:
    world = make_world()
    case = ask(world, sent(world))
    world.buyer.blocked_at = now()
    world.buyer.save()
    with refused("case_not_found", 404):
        queries.access_case(world.buyer, case.id)


def test_the_suppliers_stock_is_not_the_shops_to_fill() -> None:
    world = make_world()
    case = to_seller_receipt(world, sent(world), Kind.RETURN_REFUND)
    actions.do_take_back(actor=world.owner, case_id=case.id)
    other = make_world()
    type(world.sku).objects.filter(id=world.sku.id).update(
        stock_shop_id=other.shop.id, stock_sku_id=other.sku.id
    )
    with refused("stock_shared"):
        goods.do_restock(actor=world.owner, case_id=case.id)
    ShopMember.objects.create(shop=other.shop, account=world.owner, role="staff")
    goods.do_restock(actor=world.owner, case_id=case.id)
    assert other.stock() == (11, 0, 0)


# Boards


def test_the_board_counts_what_waits() -> None:
    world = make_world(stock=50)
    paid(world, world.order(**DEAR))
    ask(world, sent(world))
    to_seller_receipt(world, sent(world), Kind.RETURN_REFUND)
    exchange = to_seller_receipt(world, sent(world), Kind.EXCHANGE)
    actions.do_take_back(actor=world.owner, case_id=exchange.id)
    disputed = to_seller_receipt(world, sent(world), Kind.RETURN_REFUND)
    actions.do_dispute_return(actor=world.owner, case_id=disputed.id, words="A brick.")
    status, told = Caller(member(world, "staff"))(
        "GET", f"/aftersales/of-shop/{world.shop.id}/board"
    )
    assert status == 200
    assert told == {
        "to_ship": 1,
        "overdue": 0,
        "to_answer": 1,
        "to_receive": 1,
        "to_replace": 1,
        "before_platform": 1,
    }


@pytest.mark.parametrize("ask_for", ["shop", "waiting", "buyer", "operator"])
def test_lists_follow_page_by_page(ask_for: str) -> None:
    world = make_world(stock=50)
    operator = make_operator()
    cases = [ask(world, sent(world)) for _ in range(5)]
    if ask_for == "operator":
        for case in cases:
            actions.do_refuse(actor=world.owner, case_id=case.id, words="No.")
            actions.do_ask_platform(actor=world.buyer, case_id=case.id, words="Yes.")
    lists: dict[str, Callable[..., queries.CasePage]] = {
        "shop": lambda **page: queries.cases_of_shop(world.owner, world.shop.id, **page),
        "waiting": lambda **page: queries.cases_of_shop(
            world.owner, world.shop.id, state="awaiting_seller", **page
        ),
        "buyer": lambda **page: queries.cases_of_buyer(world.buyer, **page),
        "operator": lambda **page: queries.interventions(operator, **page),
    }
    seen, cursor = [], ""
    while True:
        page = lists[ask_for](cursor=cursor, limit=2)
        seen += [case.id for case in page.cases]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    expected = [case.id for case in cases]
    assert seen == (expected if ask_for in {"waiting", "operator"} else expected[::-1])


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (
            lambda case: Case.objects.filter(
                shop_id=case.shop_id, state="awaiting_seller", closed_at__isnull=True
            ).order_by("stepped_at", "id")[:21],
            "aftersales_to_do",
        ),
        (
            lambda case: Case.objects.filter(state="intervening").order_by("stepped_at", "id")[:21],
            "aftersales_to_decide",
        ),
        (
            lambda case: (
                Case.objects.filter(shop_id=case.shop_id)
                .exclude(return_to={})
                .order_by("-opened_at", "-id")[:1]
            ),
            "aftersales_return_to",
        ),
        (
            lambda case: Case.objects.filter(deadline_at__lte=now()).order_by("deadline_at")[:99],
            "aftersales_due",
        ),
        (
            lambda case: Case.objects.filter(buyer_id=case.buyer_id).order_by("-opened_at", "-id")[
                :21
            ],
            "aftersales_of_buyer",
        ),
    ],
)
def test_each_list_has_an_index_of_its_own(rows: Any, index: str) -> None:
    case = ask(world := make_world(), sent(world))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert index in rows(case).explain()


# Pictures


def show(account: Account | None, case: Case, data: bytes, name: str = "x.jpg") -> Any:
    upload = SimpleUploadedFile(name, data, "text/html")
    caller = Caller(account)
    return caller.client.post(f"/api/v1/aftersales/{case.id}/pictures", {"file": upload})


def test_a_picture_is_seen_by_the_parties_only_and_never_as_anything_else() -> None:
    world = make_world()
    case = ask(world, sent(world))
    reply = show(world.buyer, case, PNG, "evil.html")
    assert reply.status_code == 201
    picture = Picture.objects.get()
    assert reply.json()["pictures"][0]["picture_id"] == str(picture.id)
    assert (picture.content_type, picture.party, picture.size) == ("image/png", "buyer", len(PNG))
    path = f"/api/v1/aftersales/{case.id}/pictures/{picture.id}"
    for account in (world.buyer, world.owner, make_operator()):
        reply = Caller(account).client.get(path)
        assert (reply.status_code, reply.content) == (200, PNG)
        assert reply["Content-Type"] == "image/png"
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in reply["Content-Security-Policy"]
        assert reply["Cache-Control"].startswith("private")
    for account, status in ((None, 401), (make_account(), 404), (rival(), 404)):
        assert Caller(account).client.get(path).status_code == status
    other = ask(world, sent(world))
    path = f"/api/v1/aftersales/{other.id}/pictures/{picture.id}"
    assert Caller(world.buyer).client.get(path).status_code == 404


def test_what_is_not_shown() -> None:
    world = make_world()
    case = ask(world, sent(world))
    for account, status in ((None, 401), (make_account(), 404), (member(world, "staff"), 403)):
        assert show(account, case, JPEG).status_code == status
    assert show(world.buyer, case, b"<svg/>").status_code == 422
    assert show(world.buyer, case, JPEG + bytes(5 * 2**20)).status_code == 413
    assert show(world.buyer, case, JPEG).status_code == 201
    assert show(world.buyer, case, JPEG).status_code == 201
    assert Picture.objects.count() == 1
    for number in range(8):
        assert show(world.buyer, case, JPEG + bytes([number])).status_code == 201
    assert show(world.buyer, case, JPEG + b"9").status_code == 409
    assert show(world.owner, case, JPEG + b"9").status_code == 201
    actions.do_withdraw(actor=world.buyer, case_id=case.id)
    assert show(world.owner, case, PNG).status_code == 409

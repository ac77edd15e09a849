"""Products over HTTP: what works, and who is refused."""

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku

from yellowcart.catalog.models import Product
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db

TEA = {"title": "Tea", "skus": [{"price": 1990}], "description_html": "<p>x</p>"}


@pytest.fixture
def owner():
    return make_account()


@pytest.fixture
def shop(owner):
    return make_shop(owner=owner)


def someone(who, shop):
    """A caller who has nothing to do in the shop, or too little."""
    if who == "anonymous":
        return Caller()
    account = {"operator": make_operator}.get(who, make_account)()
    if who == "another shop":
        make_shop(owner=account)
    if who == "staff":
        ShopMember.objects.create(shop=shop, account=account, role="staff")
    return Caller(account)


def test_from_nothing_to_the_shelf(owner, shop):
    mine, operator, anybody = Caller(owner), Caller(make_operator()), Caller()
    status, product = mine("POST", f"/products/of/{shop.handle}?submit=true", TEA)
    assert (status, product["review_state"], product["skus"][0]["price"]) == (
        201,
        "in_review",
        1990,
    )
    path = f"/products/{product['id']}"
    assert anybody("GET", path)[0] == 404
    assert operator("POST", f"{path}/review", {"decision": "approved"})[0] == 200
    assert mine("POST", f"{path}/step/on-shelf")[1]["on_shelf"] is True
    assert anybody("GET", path)[1]["title"] == "Tea"
    assert [one["id"] for one in anybody("GET", f"/products/on-offer/{shop.handle}")[1]["items"]]
    status, product = mine("PUT", path, {**TEA, "title": "Green tea"})
    assert (product["title"], product["review_state"]) == ("Green tea", "in_review")
    assert mine("POST", f"{path}/step/withdraw")[1]["review_state"] == "draft"
    assert mine("POST", f"{path}/step/submit")[1]["review_state"] == "in_review"
    assert mine("POST", f"{path}/step/off-shelf")[1]["on_shelf"] is False
    assert [step["state"] for step in mine("GET", f"{path}/reviews")[1]][:2] == [
        "in_review",
        "draft",
    ]


def test_faults_come_back_in_the_callers_language(owner, shop):
    status, problem = Caller(owner, "zh-hans")(
        "POST", f"/products/of/{shop.handle}", {**TEA, "title": ""}
    )
    assert (status, problem["code"]) == (422, "product_invalid")
    assert problem["errors"] == [{"where": "title", "message": "请填写商品名称。"}]


def test_pages_follow_each_other_to_the_end(owner, shop, monkeypatch):
    monkeypatch.setattr("yellowcart.catalog.queries.PAGE", 2)
    wanted = [str(make_product(shop).id) for _n in range(5)][::-1]
    seen, cursor = [], ""
    while cursor is not None:
        page = Caller(owner)("GET", f"/products/of/{shop.handle}?{cursor}")[1]
        seen += [one["id"] for one in page["items"]]
        cursor = f"cursor={page['next_cursor']}" if page["next_cursor"] else None
    assert seen == wanted


def test_narrowing_a_catalogue(owner, shop):
    tea = make_product(shop, title="Green Tea", source="shopify", review_state="draft")
    make_sku(make_product(shop, title="Cup"), code="CUP-1")
    call = Caller(owner)

    def titles(query):
        page = call("GET", f"/products/of/{shop.handle}?{query}")[1]
        return [one["title"] for one in page["items"]]

    assert (
        titles("q=tea") == titles("review_state=draft") == titles("source=shopify") == [tea.title]
    )
    assert titles("q=cup-1") == ["Cup"]


def test_a_pasted_link_becomes_a_product(owner, shop):
    body = {"text": "【夏裙】https://h5.youzan.com/v2/goods/2fmrwxfdovuqw", "price": 9900}
    status, product = Caller(owner)("POST", f"/products/of/{shop.handle}/link", body)
    assert (status, product["source"], product["integration"]) == (200, "youzan", "link")
    assert Caller(owner)("POST", f"/products/of/{shop.handle}/link", {"text": "hi"})[0] == 422


def test_one_click_listing_and_the_native_twin(owner, shop):
    supplier = make_shop(type="supplier", source="mokuai")
    goods = make_product(supplier, source="mokuai", integration="supply", external_id="mk")
    make_sku(goods, price=1000)
    link = make_product(shop, source="mokuai", integration="link", external_id="mk")
    body = {"supplier": supplier.handle, "price": {"kind": "margin", "margin_bps": 1000}}
    status, outcome = Caller(owner)("POST", f"/products/of/{shop.handle}/supply", body)
    assert (status, len(outcome["created"])) == (200, 1)
    status, twin = Caller(owner)("POST", f"/products/{link.id}/native")
    assert (status, twin["id"], twin["skus"][0]["price"]) == (200, outcome["created"][0], 1100)
    assert twin["origin_id"] == str(goods.id)


@pytest.mark.parametrize("who", ["anonymous", "stranger", "another shop", "staff", "operator"])
def test_whoever_may_not_edit_goods_is_refused_everywhere(shop, who):
    caller = someone(who, shop)
    product = make_product(shop, review_state="draft", on_shelf=False)
    wanted = 401 if who == "anonymous" else 403
    for method, path, body in (
        ("POST", f"/products/of/{shop.handle}", TEA),
        ("POST", f"/products/of/{shop.handle}/link", {"text": "https://u.jd.com/YIoOWrW"}),
        ("POST", f"/products/of/{shop.handle}/supply", {"supplier": shop.handle}),
        ("PUT", f"/products/{product.id}", TEA),
        ("POST", f"/products/{product.id}/step/submit", None),
        ("POST", f"/products/{product.id}/step/withdraw", None),
        ("POST", f"/products/{product.id}/step/on-shelf", None),
        ("POST", f"/products/{product.id}/step/off-shelf", None),
        ("POST", f"/products/{product.id}/native", None),
    ):
        status, problem = caller(method, path, body)
        assert (path, status) == (path, wanted)
        assert problem["code"] in {"sign_in_required", "shop_forbidden"}
    assert list(Product.objects.values_list("review_state", flat=True)) == ["draft"]


@pytest.mark.parametrize("who", ["anonymous", "stranger", "another shop"])
def test_a_draft_cannot_be_told_from_nothing(shop, who):
    caller = someone(who, shop)
    draft = make_product(shop, review_state="draft")
    assert caller("GET", f"/products/{draft.id}")[0] == 404
    wanted = 401 if who == "anonymous" else 403
    assert caller("GET", f"/products/of/{shop.handle}")[0] == wanted
    assert caller("GET", f"/products/{draft.id}/reviews")[0] == wanted


@pytest.mark.parametrize("who", ["staff", "operator"])
def test_those_who_may_look_see_drafts(shop, who):
    draft = make_product(shop, review_state="draft")
    assert someone(who, shop)("GET", f"/products/{draft.id}")[1]["title"] == draft.title


@pytest.mark.parametrize("who", ["anonymous", "stranger", "owner"])
def test_only_operators_decide(owner, shop, who):
    product = make_product(shop, review_state="in_review")
    caller = Caller(owner) if who == "owner" else someone(who, shop)
    status, _problem = caller("POST", f"/products/{product.id}/review", {"decision": "approved"})
    assert status == (401 if who == "anonymous" else 403)
    product.refresh_from_db()
    assert product.review_state == "in_review"

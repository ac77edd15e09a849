"""Writing, reviewing and shelving products, and who may."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku

from yellowcart.catalog import actions, queries, rules
from yellowcart.catalog.models import Product
from yellowcart.core.models import AuditEntry, OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.shops.models import ShopMember
from yellowcart.sources.share import recognise


def product_input(**fields):
    values = {
        "title": "Tea",
        "skus": (rules.SkuInput(price_minor=1990),),
        "description_html": "<p>Fresh</p><script>alert(1)</script>",
        **fields,
    }
    return rules.ProductInput(**values)


def code_of(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.fixture
def owner(db):
    return make_account()


@pytest.fixture
def shop(owner):
    return make_shop(owner=owner)


@pytest.fixture
def product(owner, shop):
    return actions.do_create_product(actor=owner, shop=shop, wanted=product_input())


def test_a_product_begins_as_a_clean_draft(product):
    assert product.review_state == "draft"
    assert not product.on_shelf
    assert product.description_html == "<p>Fresh</p>"
    sku = queries.active_skus(product)[0]
    assert (sku.price_minor, sku.stock_shop_id, sku.stock_sku_id) == (
        1990,
        product.shop_id,
        sku.id,
    )


def test_the_whole_way_to_the_shelf(owner, product):
    operator = make_operator()
    assert code_of(actions.do_put_on_shelf, actor=owner, product=product) == "product_not_approved"
    actions.do_submit(actor=owner, product=product)
    actions.do_review(actor=operator, product=product, decision="needs_changes", words="Say more")
    actions.do_submit(actor=owner, product=product)
    actions.do_review(actor=operator, product=product, decision="approved")
    assert actions.do_put_on_shelf(actor=owner, product=product).on_shelf
    assert queries.public_product(product.id) == product
    history = [(event.state, event.words) for event in queries.history_of(product)]
    assert history == [
        ("approved", ""),
        ("in_review", ""),
        ("needs_changes", "Say more"),
        ("in_review", ""),
        ("draft", ""),
    ]
    assert OutboxEvent.objects.filter(topic="catalog.review").count() == 5
    assert AuditEntry.objects.filter(verb="product.review").count() == 2


def test_a_shop_cannot_approve_itself(owner, product):
    actions.do_submit(actor=owner, product=product)
    assert (
        code_of(actions.do_review, actor=owner, product=product, decision="approved")
        == "operator_only"
    )


@pytest.mark.parametrize("decision", ["needs_changes", "rejected"])
def test_a_refusal_needs_words(owner, product, decision):
    actions.do_submit(actor=owner, product=product)
    operator = make_operator()
    call = {"actor": operator, "product": product, "decision": decision}
    assert code_of(actions.do_review, **call, words=" ") == "review_words_missing"


def test_a_draft_cannot_be_approved_and_a_rejected_one_not_submitted(owner, product):
    operator = make_operator()
    assert (
        code_of(actions.do_review, actor=operator, product=product, decision="approved")
        == "review_step_refused"
    )
    actions.do_submit(actor=owner, product=product)
    actions.do_review(actor=operator, product=product, decision="rejected", words="Counterfeit")
    assert code_of(actions.do_submit, actor=owner, product=product) == "review_step_refused"


def test_bad_news_about_an_approved_product_takes_it_off_the_shelf(owner, shop):
    product = make_product(shop)
    row = actions.do_review(
        actor=make_operator(), product=product, decision="needs_changes", words="Wrong picture"
    )
    assert not row.on_shelf
    assert code_of(queries.public_product, product.id) == "product_not_found"


def test_new_words_are_reviewed_again_and_a_new_price_is_not(owner, shop):
    product = make_product(shop, title="Tea", description_html="<p>Fresh</p>")
    sku = make_sku(product)
    dearer = product_input(skus=(rules.SkuInput(price_minor=2990),))
    row = actions.do_edit_product(actor=owner, product=product, wanted=dearer)
    assert row.review_state == "approved"
    sku.refresh_from_db()
    assert sku.price_minor == 2990
    row = actions.do_edit_product(actor=owner, product=product, wanted=product_input(title="Green"))
    assert row.review_state == "in_review"


def test_variants_keep_their_identity_and_never_vanish(owner, product):
    two = product_input(
        option_names=("Size",),
        skus=(
            rules.SkuInput(price_minor=1, options=("S",)),
            rules.SkuInput(price_minor=2, options=("M",)),
        ),
    )
    actions.do_edit_product(actor=owner, product=product, wanted=two)
    before = {tuple(sku.options): sku.id for sku in queries.active_skus(product)}
    one = product_input(
        option_names=("Size",), skus=(rules.SkuInput(price_minor=3, options=("M",)),)
    )
    actions.do_edit_product(actor=owner, product=product, wanted=one)
    after = {tuple(sku.options): sku.id for sku in queries.active_skus(product)}
    assert after == {("M",): before["M",]}
    assert len(queries.all_skus(product)) == 3


@pytest.mark.parametrize("who", ["stranger", "staff", "another shop", "operator"])
def test_whoever_may_not_edit_goods_is_refused(shop, product, who):
    someone = {"operator": make_operator}.get(who, make_account)()
    if who == "staff":
        ShopMember.objects.create(shop=shop, account=someone, role="staff")
    if who == "another shop":
        make_shop(owner=someone)
    for call in (
        lambda: actions.do_create_product(actor=someone, shop=shop, wanted=product_input()),
        lambda: actions.do_edit_product(actor=someone, product=product, wanted=product_input()),
        lambda: actions.do_submit(actor=someone, product=product),
        lambda: actions.do_put_on_shelf(actor=someone, product=product),
        lambda: actions.do_take_off_shelf(actor=someone, product=product),
        lambda: actions.do_create_link_product(
            actor=someone, shop=shop, found=recognise("https://u.jd.com/YIoOWrW")
        ),
    ):
        assert code_of(call) == "shop_forbidden"


def test_every_fault_is_told_at_once(owner, shop):
    wanted = product_input(
        title=" ",
        images=("javascript:alert(1)",),
        option_names=("Size",),
        skus=(
            rules.SkuInput(price_minor=-1, options=("S",)),
            rules.SkuInput(price_minor=5, options=("S",), sale_price_minor=6),
            rules.SkuInput(price_minor=5),
        ),
    )
    with pytest.raises(Problem) as caught:
        actions.do_create_product(actor=owner, shop=shop, wanted=wanted)
    assert caught.value.code == "product_invalid"
    assert [error["where"] for error in caught.value.extra["errors"]] == [
        "title",
        "images.0",
        "skus.0.price",
        "skus.1.sale_price",
        "skus.1.options",
        "skus.2.options",
    ]
    assert not Product.objects.exists()


def test_a_pasted_link_becomes_one_product_waiting_for_review(owner, shop):
    found = recognise("【夏裙】https://h5.youzan.com/v2/goods/2fmrwxfdovuqw")
    first = actions.do_create_link_product(actor=owner, shop=shop, found=found, price_minor=9900)
    again = actions.do_create_link_product(actor=owner, shop=shop, found=found)
    assert first.id == again.id
    assert (first.source, first.integration, first.external_id, first.title) == (
        "youzan",
        "link",
        "2fmrwxfdovuqw",
        "夏裙",
    )
    assert first.external_url == "https://h5.youzan.com/v2/goods/2fmrwxfdovuqw"
    assert first.review_state == "in_review"
    nothing = recognise("hello")
    assert (
        code_of(actions.do_create_link_product, actor=owner, shop=shop, found=nothing)
        == "link_unknown"
    )


NOON = datetime(2021, 11, 15, 12, tzinfo=UTC)
MIDNIGHT = datetime(2021, 11, 15, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sale", "begins", "ends", "at", "price"),
    [
        (None, None, None, NOON, 100),
        (80, None, None, NOON, 80),
        (80, NOON, MIDNIGHT, NOON, 80),
        (80, NOON, MIDNIGHT, MIDNIGHT, 100),
        (80, MIDNIGHT, None, NOON, 100),
        (0, None, MIDNIGHT, NOON, 0),
    ],
)
def test_a_sale_holds_from_its_first_instant_up_to_its_last(sale, begins, ends, at, price):
    assert rules.price_at(100, sale, begins, ends, at) == price


@pytest.mark.parametrize(
    "html",
    [
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=https://evil.example></iframe>",
        "<svg><script>alert(1)</script></svg>",
        '<p style="position:fixed">x</p>',
        "<form action=https://evil.example><input></form>",
    ],
)
def test_descriptions_carry_no_code(html):
    cleaned = rules.clean_html(html).lower()
    for poison in ("script", "onerror", "iframe", "style", "<form", "<input"):
        assert poison not in cleaned


@given(st.text(max_size=200))
def test_cleaning_is_done_once_and_for_all(html):
    assert rules.clean_html(rules.clean_html(html)) == rules.clean_html(html)


def test_a_refused_step_is_told_in_both_languages(product):
    with pytest.raises(Problem) as caught:
        actions.do_review(actor=make_operator(), product=product, decision="approved")
    assert caught.value.body("en")["detail"] == "A product that is a draft can't become approved."
    told = caught.value.body("zh-hans")["detail"]
    assert told == "商品当前为“草稿”，不能改为“已通过审核”。"

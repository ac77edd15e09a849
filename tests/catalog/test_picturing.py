"""Which pictures goods name: followed through edits, copies and files, counted and let go of."""

from datetime import timedelta
from typing import Any

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku

from yellowcart.catalog import actions, copies, picturing, rules
from yellowcart.catalog.copies import PriceRule
from yellowcart.catalog.importing import Terms, apply_drafts
from yellowcart.catalog.models import PictureUse, Product
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem
from yellowcart.pictures.models import Address, Picture
from yellowcart.pictures.rules import UNUSED, id_of
from yellowcart.shops.models import Shop, ShopMember
from yellowcart.sources.files.drafts import ProductDraft, SkuDraft

pytestmark = pytest.mark.django_db

A, B, C, D = (f"https://cdn.example/{one}.jpg?v=1&w=2" for one in "abcd")


def named(product: Product) -> set[str]:
    uses = PictureUse.objects.filter(product=product).select_related("address")
    return {use.address.url for use in uses}


def settle(url: str, *, failed: bool = False) -> None:
    """As if an address had been asked."""
    if failed:
        Address.objects.filter(id=id_of(url)).update(
            state="failed", due_at=None, problem={"en": "Gone.", "zh-hans": "没有了。"}
        )
        return
    Picture.objects.get_or_create(digest="0" * 64, width=1, height=1, large=b"l", small=b"s")
    Address.objects.filter(id=id_of(url)).update(state="kept", picture_id="0" * 64)


def taken(shop: Shop, *images: str, sku: str = "", html: str = "") -> Product:
    """A product as a file or store brings it."""
    draft = ProductDraft(
        key="p1",
        line=1,
        title="Tea",
        description_html=html,
        images=images,
        skus=(SkuDraft(key="s", line=1, price_minor=100, image_url=sku),),
    )
    terms = Terms(source="faked", integration="supply", currency="CNY", actor_id=None, approve=True)
    apply_drafts(shop, [draft], terms)
    return Product.objects.get(shop=shop, external_id="p1")


def test_all_pictures_that_a_product_names_are_wanted() -> None:
    product = taken(make_shop(), A, sku=B, html=f'<p>Look: <img alt="" src="{C}"></p>')
    assert named(product) == {A, B, C}
    assert set(Address.objects.values_list("state", "shop_id")) == {("waiting", product.shop_id)}


def test_what_a_product_names_no_more_is_let_go_of() -> None:
    shop = make_shop()
    taken(shop, A, B)
    assert named(taken(shop, B, C)) == {B, C}
    settle(A)
    assert picturing.forget_unused() == 0
    Address.objects.update(wanted_at=wall() - UNUSED - timedelta(seconds=1))
    Picture.objects.update(made_at=wall() - UNUSED - timedelta(seconds=1))
    assert picturing.forget_unused() == 1
    assert set(Address.objects.values_list("url", flat=True)) == {B, C}


def test_a_shops_own_words_are_wanted_too() -> None:
    owner = make_account()
    shop = make_shop(owner)
    sku = rules.SkuInput(price_minor=100, image_url=B)
    wanted = rules.ProductInput(title="Cup", skus=(sku,), images=(A,))
    product = actions.do_create_product(actor=owner, shop=shop, wanted=wanted)
    assert named(product) == {A, B}
    wanted = rules.ProductInput(title="Cup", skus=(sku,), images=(C,))
    actions.do_edit_product(actor=owner, product=product, wanted=wanted)
    assert named(product) == {B, C}


def supplied(*images: str, **fields: Any) -> tuple[Product, Product]:
    """A supplier's product and a shop's copy of it."""
    supplier = make_shop(type="supplier")
    original = taken(supplier, *images, **fields)
    (copy,) = copies.make([original], make_shop(), PriceRule(), None)
    return original, copy


def test_copies_use_their_originals_pictures_and_follow_them() -> None:
    original, copy = supplied(A, sku=B)
    assert named(copy) == {A, B}
    taken(original.shop, C, sku=D)
    copy.refresh_from_db()
    assert (copy.images, named(copy)) == ([C], {C, D})


def test_a_copys_own_pictures_stay() -> None:
    original, copy = supplied(A)
    Product.objects.filter(id=copy.id).update(images=[B])
    taken(original.shop, C)
    copy.refresh_from_db()
    assert copy.images == [B]


def test_copies_show_no_picture_that_was_not_looked_at() -> None:
    original, copy = supplied(A)
    Product.objects.filter(id=original.id).update(images=[C], review_state="in_review")
    copies.follow_originals([original.id])
    copy.refresh_from_db()
    assert copy.images == [A]
    actions.do_review(actor=make_operator(), product=original, decision="approved")
    copy.refresh_from_db()
    assert (copy.images, named(copy)) == ([C], {C})


def test_progress_counts_each_address_once() -> None:
    shop = make_shop()
    first, second = taken(shop, A, B, C), make_product(shop, images=[C, D])
    picturing.note([second])
    settle(A)
    settle(C, failed=True)
    assert picturing.progress_of(Product.objects.filter(shop=shop)) == picturing.Progress(4, 1, 1)
    progress = picturing.progress_of(Product.objects.filter(id=first.id))
    assert (progress.total, progress.waiting, progress.share) == (3, 1, 66)
    assert picturing.progress_of(Product.objects.none()).share == 100


def test_failures_are_listed_by_product_and_asked_again() -> None:
    owner = make_account()
    shop = make_shop(owner)
    first, second = (make_product(shop, images=[one, B]) for one in (A, C))
    other = make_product(make_shop(), images=[D])
    picturing.note([first, second, other])
    for url in (A, C, D):
        settle(url, failed=True)
    rows = picturing.failures_of(Product.objects.filter(shop=shop))
    assert [(row.product, row.address.url) for row in rows] == [(second, C), (first, A)]
    assert picturing.do_ask_again(actor=owner, shop=shop, product_id=first.id) == 1
    assert picturing.do_ask_again(actor=owner, shop=shop, product_id=other.id) == 0
    assert picturing.do_ask_again(actor=owner, shop=shop) == 1
    assert set(Address.objects.filter(state="failed").values_list("url", flat=True)) == {D}


def test_only_those_who_may_write_goods_have_pictures_asked_again() -> None:
    shop = make_shop(make_account())
    for account in (make_account(), make_operator()):
        with pytest.raises(Problem) as caught:
            picturing.do_ask_again(actor=account, shop=shop)
        assert caught.value.code == "shop_forbidden"


def test_a_description_shows_our_copies() -> None:
    shown = rules.shown_html(f'<p>Tea <img src="{A.replace("&", "&amp;")}" alt="x"></p>')
    assert "cdn.example" not in shown
    assert f"/pictures/{id_of(A)}/large.webp" in shown
    assert rules.pictures_in(rules.clean_html(f'<img alt="" src="{A}">')) == [A]


def test_variants_of_a_product_that_goes_take_their_uses_along() -> None:
    product = make_product(make_shop(), images=[A])
    make_sku(product)
    picturing.note([product])
    product.delete()
    assert not PictureUse.objects.exists()


def test_the_api_says_how_far_they_are_and_has_them_fetched_again() -> None:
    owner, staff, other = make_account(), make_account(), make_account()
    shop = make_shop(owner=owner)
    make_shop(owner=other)
    ShopMember.objects.create(shop=shop, account=staff, role="staff")
    product = make_product(shop, images=[A, B, C])
    picturing.note([product])
    settle(A)
    settle(B, failed=True)
    here = f"/products/of/{shop.handle}/pictures"
    for account, seen, done in [(None, 401, 401), (other, 403, 403), (staff, 200, 403)]:
        assert Caller(account)("GET", here)[0] == seen
        assert Caller(account)("POST", f"{here}/again")[0] == done
    status, told = Caller(owner)("GET", here)
    assert (status, told["total"], told["kept"], told["failed"], told["waiting"]) == (
        200,
        3,
        1,
        1,
        1,
    )
    assert told["failures"] == [{"product_id": str(product.id), "url": B, "why": "Gone."}]
    assert Caller(owner, "zh-hans")("GET", here)[1]["failures"][0]["why"] == "没有了。"
    told = Caller(owner)("POST", f"{here}/again?product_id={product.id}")[1]
    assert (told["failed"], told["waiting"], told["failures"]) == (0, 2, [])

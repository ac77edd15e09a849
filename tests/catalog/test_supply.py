"""One-click listing: native copies that share the supplier's stock."""

from datetime import timedelta

import pytest
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku
from tests.rivals import Together

from yellowcart.catalog import actions, queries, rules, supply
from yellowcart.catalog.copies import PriceRule
from yellowcart.catalog.models import Product
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.inventory import actions as stock
from yellowcart.inventory import queries as levels
from yellowcart.shops.actions import do_set_state
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db


def code_of(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.fixture
def supplier():
    return make_shop(type="supplier", source="mokuai")


@pytest.fixture
def goods(supplier):
    product = make_product(
        supplier, source="mokuai", integration="supply", external_id="mk-1", option_names=["Size"]
    )
    make_sku(product, stock=5, price=1000, options=["S"], position=0)
    make_sku(product, stock=3, price=1200, options=["M"], position=1)
    return product


@pytest.fixture
def owner():
    return make_account()


@pytest.fixture
def shop(owner):
    return make_shop(owner=owner)


def list_all(owner, supplier, shop, **fields):
    return supply.do_list_supplier_goods(actor=owner, supplier=supplier, shop=shop, **fields)


def copy_of(shop, goods):
    return Product.objects.get(shop=shop, origin=goods)


def test_one_click_lists_the_whole_catalogue_as_native_goods(owner, shop, supplier, goods):
    make_product(supplier, review_state="in_review")
    make_product(supplier, on_shelf=False)
    outcome = list_all(owner, supplier, shop)
    copy = copy_of(shop, goods)
    assert outcome.created == [copy.id]
    assert (copy.source, copy.integration, copy.title) == ("native", "native", goods.title)
    assert queries.public_product(copy.id) == copy
    theirs, ours = queries.active_skus(goods), queries.active_skus(copy)
    assert [sku.options for sku in ours] == [["S"], ["M"]]
    assert [(sku.stock_shop_id, sku.stock_sku_id) for sku in ours] == [
        (supplier.id, sku.id) for sku in theirs
    ]
    assert levels.shares_stock(copy)


def test_a_second_click_changes_nothing(owner, shop, supplier, goods):
    first = list_all(owner, supplier, shop)
    again = list_all(owner, supplier, shop)
    assert (again.created, again.changed, again.unchanged) == ([], [], first.created)
    assert Product.objects.filter(shop=shop).count() == 1


@pytest.mark.parametrize(
    ("rule", "prices"),
    [
        (PriceRule(), [1000, 1200]),
        (PriceRule("margin", margin_bps=1500), [1150, 1380]),
        (PriceRule("margin", margin_bps=-1000), [900, 1080]),
        (PriceRule("fixed", fixed_minor=1999), [1999, 1999]),
    ],
)
def test_the_price_follows_the_chosen_rule(owner, shop, supplier, goods, rule, prices):
    list_all(owner, supplier, shop, price=rule)
    assert [sku.price_minor for sku in queries.active_skus(copy_of(shop, goods))] == prices


def test_a_rule_that_makes_no_price_is_refused():
    for bad in (("fixed", 0, 0), ("margin", -10_000, 0), ("guess", 0, 0)):
        assert code_of(PriceRule, *bad) == "price_rule_bad"


def test_when_the_supplier_changes_a_price_the_copies_follow_by_their_terms(shop, owner, supplier):
    keeper = make_account()
    ShopMember.objects.create(shop=supplier, account=keeper, role="owner")
    goods = make_product(supplier, source="mokuai", integration="supply", external_id="mk-2")
    make_sku(goods, price=1000)
    list_all(owner, supplier, shop, price=PriceRule("margin", margin_bps=1000))
    wanted = rules.ProductInput(title=goods.title, skus=(rules.SkuInput(price_minor=2000),))
    actions.do_edit_product(actor=keeper, product=goods, wanted=wanted)
    assert [sku.price_minor for sku in queries.active_skus(copy_of(shop, goods))] == [2200]


def test_a_variant_the_supplier_adds_or_drops_appears_or_goes(owner, shop, supplier, goods):
    list_all(owner, supplier, shop)
    make_sku(goods, price=1500, options=["L"], position=2)
    goods.skus.filter(options=["S"]).update(active=False)
    outcome = list_all(owner, supplier, shop)
    copy = copy_of(shop, goods)
    assert outcome.changed == [copy.id]
    assert [sku.options for sku in queries.active_skus(copy)] == [["M"], ["L"]]


def test_a_shop_keeps_its_own_words_on_a_copy(owner, shop, supplier, goods):
    list_all(owner, supplier, shop)
    Product.objects.filter(shop=shop).update(title="Our own words")
    list_all(owner, supplier, shop)
    assert copy_of(shop, goods).title == "Our own words"


def test_what_leaves_the_suppliers_shelf_leaves_every_copys_and_a_click_brings_it_back(
    owner, shop, supplier, goods
):
    list_all(owner, supplier, shop)
    actions.do_review(
        actor=make_operator(), product=goods, decision="needs_changes", words="Picture"
    )
    assert not copy_of(shop, goods).on_shelf
    Product.objects.filter(id=goods.id).update(review_state="approved", on_shelf=True)
    assert list_all(owner, supplier, shop).changed == [copy_of(shop, goods).id]
    assert copy_of(shop, goods).on_shelf


def buy(sku, quantity):
    order = new_id()
    wanted = stock.Wanted(sku.shop_id, order, 1, sku.stock_shop_id, sku.stock_sku_id, quantity)
    stock.do_reserve([wanted], now() + timedelta(minutes=15))
    return sku.shop_id, order


def test_selling_a_copy_takes_from_the_suppliers_row(owner, shop, supplier, goods):
    list_all(owner, supplier, shop)
    sku = queries.active_skus(copy_of(shop, goods))[0]
    order = buy(sku, 2)
    stock.do_capture([order])
    stock.do_ship([order])
    original = queries.active_skus(goods)[0]
    assert levels.levels([(supplier.id, original.id)])[supplier.id, original.id] == (3, 0, 0)
    assert levels.levels_of([sku])[sku.id].free == 3


def test_no_number_of_copies_oversells_the_one_row(owner, shop, supplier, goods):
    other_owner = make_account()
    other = make_shop(owner=other_owner)
    list_all(owner, supplier, shop)
    list_all(other_owner, supplier, other)
    here = queries.active_skus(copy_of(shop, goods))[0]
    there = queries.active_skus(copy_of(other, goods))[0]
    buy(here, 3)
    assert code_of(buy, there, 3) == "sold_out"
    buy(there, 2)
    assert code_of(buy, queries.active_skus(goods)[0], 1) == "sold_out"


def link_product(shop, external_id="mk-1"):
    return make_product(shop, source="mokuai", integration="link", external_id=external_id)


def test_a_barred_link_comes_back_as_its_native_twin(owner, shop, goods):
    barred, hopeless = link_product(shop), link_product(shop, "elsewhere")
    youzan = make_product(shop, source="youzan", integration="link", external_id="mk-1")
    assert supply.native_twin(barred) is None
    assert supply.convertible([barred.id, hopeless.id, youzan.id, goods.id]) == {barred.id}
    twin = supply.do_convert_to_native(actor=owner, product=barred)
    assert twin == supply.native_twin(barred) == copy_of(shop, goods)
    assert supply.do_convert_to_native(actor=owner, product=barred) == twin
    assert code_of(supply.do_convert_to_native, actor=owner, product=hopeless) == "not_convertible"


@pytest.mark.parametrize("who", ["stranger", "staff", "supplier", "operator"])
def test_nobody_lists_goods_in_a_shop_that_is_not_theirs(shop, supplier, goods, who):
    someone = {"operator": make_operator}.get(who, make_account)()
    if who == "staff":
        ShopMember.objects.create(shop=shop, account=someone, role="staff")
    if who == "supplier":
        ShopMember.objects.create(shop=supplier, account=someone, role="owner")
    assert code_of(list_all, someone, supplier, shop) == "shop_forbidden"
    assert (
        code_of(supply.do_convert_to_native, actor=someone, product=link_product(shop))
        == "shop_forbidden"
    )


def test_only_open_suppliers_supply(owner, shop, supplier, goods):
    assert code_of(list_all, owner, make_shop(), shop) == "not_a_supplier"
    supplier.state = "paused"
    supplier.save()
    assert code_of(list_all, owner, supplier, shop) == "not_a_supplier"


def test_goods_that_are_not_on_offer_are_named(owner, shop, supplier, goods):
    unknown = new_id()
    outcome = list_all(owner, supplier, shop, product_ids=[goods.id, unknown])
    assert (len(outcome.created), outcome.missing) == (1, [unknown])


def test_a_supplier_that_pauses_takes_its_goods_from_every_shelf(owner, shop, supplier, goods):
    list_all(owner, supplier, shop)
    keeper = make_account()
    ShopMember.objects.create(shop=supplier, account=keeper, role="owner")
    do_set_state(actor=keeper, shop=supplier, state="paused")
    outbox.relay_all()
    assert not copy_of(shop, goods).on_shelf
    do_set_state(actor=keeper, shop=supplier, state="open")
    outbox.relay_all()
    assert list_all(owner, supplier, shop).changed == [copy_of(shop, goods).id]


def test_copies_are_not_copied_on(owner, shop, supplier, goods):
    second_owner = make_account()
    second = make_shop(owner=second_owner, type="supplier", source="mill")
    list_all(second_owner, supplier, second)
    assert list_all(owner, second, shop).products == []


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_copy_each(owner, shop, supplier, goods):
    outcomes = Together([lambda: list_all(owner, supplier, shop) for _click in range(2)]).go()
    assert sorted(len(outcome.created) for outcome in outcomes) == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_nothing_withdrawn_is_copied_at_the_same_moment(owner, shop, supplier, goods):
    operator = make_operator()
    calls = [
        lambda: list_all(owner, supplier, shop),
        lambda: actions.do_review(
            actor=operator, product=goods, decision="needs_changes", words="Picture"
        ),
    ]
    assert len(Together(calls).go()) == 2
    assert not Product.objects.filter(shop=shop, on_shelf=True).exists()

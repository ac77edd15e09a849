"""One click in the background: true, resumable, and harmless when done twice."""

import pytest

from tests.factories import make_account, make_product, make_shop, make_sku
from tests.rivals import Together
from yellowcart.catalog import supply
from yellowcart.catalog.copies import PriceRule
from yellowcart.catalog.fitting import Renames
from yellowcart.catalog.models import Product, Sku
from yellowcart.connections import listing
from yellowcart.connections.models import ListingRun
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem


@pytest.fixture
def supplier():
    shop = make_shop(type="supplier", source="mokuai")
    for n in range(5):
        fill(shop, n)
    return shop


def fill(supplier, n, **fields):
    product = make_product(
        supplier, source="mokuai", integration="supply", external_id=f"m{n}", **fields
    )
    make_sku(product, stock=3, price=1_000)
    return product


def begin(owner, shop, supplier, **fields):
    return listing.do_begin_run(actor=owner, shop=shop, supplier=supplier, **fields)


def code_of(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.django_db
def test_a_run_lists_everything_and_says_so_truly(owner, shop, supplier, monkeypatch):
    monkeypatch.setattr(supply, "BATCH", 2)
    fill(supplier, 9, review_state="in_review")
    run = begin(owner, shop, supplier)
    assert (run.state, run.total, run.done) == ("waiting", 5, 0)
    assert listing.do_run_batch(run.id)
    run.refresh_from_db()
    assert (run.state, run.done, run.created) == ("running", 2, 2)
    assert Product.objects.filter(shop=shop).count() == 2
    listing.do_run(str(run.id))
    run.refresh_from_db()
    assert (run.state, run.done, run.total, run.created) == ("done", 5, 5, 5)
    assert run.in_review == 1


@pytest.mark.django_db
def test_a_run_that_was_cut_short_goes_on(owner, shop, supplier, monkeypatch):
    monkeypatch.setattr(supply, "BATCH", 2)
    run = begin(owner, shop, supplier)
    listing.do_run_batch(run.id)
    real = supply.do_list_batch

    def die(*arguments):
        real(*arguments)
        raise SystemExit

    monkeypatch.setattr(supply, "do_list_batch", die)
    with pytest.raises(SystemExit):
        listing.do_run_batch(run.id)
    run.refresh_from_db()
    assert (run.done, Product.objects.filter(shop=shop).count()) == (2, 2)
    monkeypatch.setattr(supply, "do_list_batch", real)
    ListingRun.objects.update(touched_at=wall() - 2 * listing.SILENCE)
    assert listing.do_go_on() == 1
    assert listing.do_go_on() == 0
    listing.do_run(str(run.id))
    run.refresh_from_db()
    assert (run.done, run.created, run.state) == (5, 5, "done")


@pytest.mark.django_db
def test_the_second_click_changes_nothing(owner, shop, supplier):
    for _click in range(2):
        run = begin(owner, shop, supplier)
        listing.do_run(str(run.id))
        before = list(Sku.objects.order_by("id").values())
    run = begin(owner, shop, supplier)
    listing.do_run(str(run.id))
    run.refresh_from_db()
    assert (run.created, run.changed, run.unchanged) == (0, 0, 5)
    assert list(Sku.objects.order_by("id").values()) == before


@pytest.mark.django_db
def test_a_selection_at_a_price(owner, shop, supplier):
    wanted = list(Product.objects.filter(shop=supplier).values_list("id", flat=True)[:2])
    gone = Product.objects.filter(shop=supplier).exclude(id__in=wanted).first()
    gone.on_shelf = False
    gone.save()
    run = begin(
        owner,
        shop,
        supplier,
        product_ids=[*wanted, gone.id],
        price=PriceRule(kind="margin", margin_bps=1_000),
    )
    listing.do_run(str(run.id))
    run.refresh_from_db()
    assert (run.created, run.missing) == (2, 1)
    assert set(Sku.objects.filter(shop=shop).values_list("price_minor", flat=True)) == {1_100}


@pytest.mark.django_db
def test_the_suppliers_words_become_the_shops(owner, shop, supplier):
    make_product(shop, category="Grocery > Tea", option_names=["颜色"])
    goods = Product.objects.filter(shop=supplier)
    goods.update(category="Food > Teas", option_names=["Color"])
    told = listing.suggestions_for(supplier, shop)
    assert [(one.theirs, one.ours) for one in told.categories] == [("Food > Teas", "Grocery > Tea")]
    assert [(one.theirs, one.ours) for one in told.options] == [("Color", "颜色")]
    words = Renames({"Food > Teas": "Grocery > Tea"}, {"Color": "颜色"})
    run = begin(owner, shop, supplier, renames=words)
    listing.do_run(str(run.id))
    copy = Product.objects.filter(shop=shop, origin__isnull=False).first()
    assert (copy.category, copy.option_names) == ("Grocery > Tea", ["颜色"])
    goods.update(option_names=["Colour"])
    assert listing.suggestions_for(supplier, shop).categories[0].ours == "Grocery > Tea"


@pytest.mark.django_db
def test_one_run_at_a_time(owner, shop, supplier):
    begin(owner, shop, supplier)
    assert code_of(begin, owner, shop, supplier) == "listing_runs"


@pytest.mark.django_db
def test_who_may(owner, shop, supplier):
    run = begin(owner, shop, supplier)
    stranger = make_account()
    assert code_of(begin, stranger, shop, supplier) == "shop_forbidden"
    assert code_of(begin, owner, shop, make_shop()) == "not_a_supplier"
    assert code_of(listing.access_run, stranger, run.id) == "shop_forbidden"


@pytest.mark.django_db
def test_a_supplier_that_closes_ends_the_run_with_a_word(owner, shop, supplier):
    run = begin(owner, shop, supplier)
    type(supplier).objects.filter(id=supplier.id).update(state="closed")
    listing.do_run(str(run.id))
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.problem["en"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_list_each_product_once(owner, shop, supplier, monkeypatch):
    monkeypatch.setattr(supply, "BATCH", 2)
    run = begin(owner, shop, supplier)

    def work():
        listing.do_run(str(run.id))

    Together([work] * 3).go()
    run.refresh_from_db()
    assert (run.state, run.done, run.created) == ("done", 5, 5)
    assert Product.objects.filter(shop=shop).count() == 5

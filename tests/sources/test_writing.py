"""Products in other systems' columns: whatever is written, our readers read back the same."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.reading import SHANGHAI, Read

from yellowcart.core import tabular
from yellowcart.sources.files import writing
from yellowcart.sources.files.drafts import ProductDraft, SkuDraft

AT = datetime(2026, 11, 11, tzinfo=UTC)

#: Words as people type them, and what a spreadsheet or a format takes for its own signs.
words = st.one_of(
    st.sampled_from(["=1+1", "-1", "+86", "@home", "a, b", "it's", "茶 & <茶>", '"x"', "%d", "42"]),
    st.text("abcXYZ茶0 ,:'\"&<>=+-@|%\\", min_size=1, max_size=12).map(str.strip),
).filter(lambda text: bool(text) and not text.startswith("'"))
codes = st.one_of(st.just(""), words.filter(lambda text: "," not in text))
addresses = st.integers(0, 99).map(lambda n: f"https://img.example/{n},x.jpg?a=1&b=2")
prices = st.integers(0, 10**9)


@st.composite
def drafts(draw: st.DrawFn) -> ProductDraft:
    names = tuple(draw(st.lists(words, max_size=3, unique=True)))
    options = (
        draw(st.lists(st.tuples(*[words] * len(names)), min_size=1, max_size=4, unique=True))
        if names
        else [()]
    )
    skus = tuple(draw(variants(one, n)) for n, one in enumerate(options))
    return ProductDraft(
        key=draw(st.uuids()).hex,
        line=0,
        title=draw(words),
        skus=skus,
        description_html=draw(st.sampled_from(["", "<p>a\\n“b”</p>\n<p>-c</p>", "<p>x</p>"])),
        vendor=draw(codes),
        category=draw(st.sampled_from(["", "Tea > Green", "茶,叶"])),
        tags=tuple(draw(st.lists(words, max_size=3, unique=True))),
        images=tuple(draw(st.lists(addresses, max_size=5, unique=True))),
        option_names=names,
        published=draw(st.booleans()),
    )


@st.composite
def variants(draw: st.DrawFn, options: tuple[str, ...], number: int) -> SkuDraft:
    price = draw(prices)
    sale = draw(st.none() | st.integers(0, max(price - 1, 0))) if price else None
    begins = AT + timedelta(minutes=draw(st.integers(0, 9_000)))
    return SkuDraft(
        key="",
        line=0,
        price_minor=price,
        options=options,
        code=draw(st.sampled_from(["", f"=code-{number}", f"A{number}"])),
        barcode=draw(st.sampled_from(["", "6901234567892"])),
        compare_at_minor=draw(st.none() | st.integers(price + 1, 10**10)),
        sale_price_minor=sale,
        sale_from=begins if sale is not None else None,
        sale_until=begins + timedelta(hours=draw(st.integers(1, 99))) if sale is not None else None,
        weight_grams=draw(st.integers(0, 9_999)),
        image_url=draw(st.just("") | addresses),
        stock=draw(st.integers(0, 9_999)),
    )


def written(products: list[ProductDraft], form: str, kind: str) -> bytes:
    book = writing.Book("CNY", SHANGHAI, max(len(one.option_names) for one in products))
    columns = writing.FORMATS[form]
    heading = columns.heading(book)
    rows = (
        [row.get(name) for name in heading] for one in products for row in columns.rows(one, book)
    )
    out = io.BytesIO()
    tabular.write(kind, out, tabular.Sheet("Products", heading, rows))
    return out.getvalue()


def sayable(draft: ProductDraft, form: str) -> ProductDraft:
    """What a format has columns for."""
    skus = [replace(sku, key="", line=0) for sku in draft.skus]
    draft = replace(draft, line=0)
    if form == "woocommerce":
        return replace(draft, skus=tuple(replace(sku, compare_at_minor=None) for sku in skus))
    skus = [replace(sku, sale_price_minor=None, sale_from=None, sale_until=None) for sku in skus]
    if form == "shopify":
        return replace(draft, skus=tuple(skus))
    weight = skus[0].weight_grams
    skus = [replace(sku, compare_at_minor=None, image_url="", weight_grams=weight) for sku in skus]
    return replace(draft, skus=tuple(skus), vendor="", tags=())


@pytest.mark.parametrize("form", list(writing.FORMATS))
# A workbook is opened in a process of its own, so each example costs one.
@settings(max_examples=15)
@given(
    products=st.lists(drafts(), min_size=1, max_size=3, unique_by=lambda one: one.key),
    kind=st.sampled_from(tabular.KINDS),
)
def test_what_is_written_reads_back_the_same(
    form: str, products: list[ProductDraft], kind: str
) -> None:
    wanted = []
    for n, one in enumerate(products):
        # Codes stand once in a file of WooCommerce, whoever sells there.
        skus = [replace(sku, code=f"{sku.code}-{n}" if sku.code else "") for sku in one.skus]
        if form == "woocommerce" and not one.option_names:
            # A simple product shows its pictures, and has none for its only variant.
            skus = [replace(sku, image_url="") for sku in skus]
        wanted.append(replace(one, skus=tuple(skus)))
    read = Read(written(wanted, form, kind), currency="CNY")
    assert read.catalogue.format == form
    assert read.refused == {}
    found = {key: sayable(one, form) for key, one in read.products.items()}
    assert found == {one.key: sayable(one, form) for one in wanted}


@pytest.mark.parametrize("form", list(writing.FORMATS))
def test_no_cell_is_a_formula(form: str) -> None:
    sku = SkuDraft(key="", line=0, price_minor=1, code="=A1", options=("@x",), stock=1)
    draft = ProductDraft(
        key="p", line=0, title="=cmd|' /C calc'!A0", skus=(sku,), option_names=("+y",)
    )
    for line in written([draft], form, "csv").decode("utf-8-sig").splitlines()[1:]:
        assert not any(cell.startswith(("=", "+", "@", '"=')) for cell in line.split(","))


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("shopify", {"option_names": ("a", "b", "c", "d"), "options": ("1", "2", "3", "4")}),
        ("taobao", {"option_names": ("a",), "options": ("1;2",)}),
        ("woocommerce", {"option_names": ("a",), "options": ("",)}),
    ],
)
def test_what_a_format_cannot_say_is_refused_and_not_bent(form: str, fields: dict) -> None:
    sku = SkuDraft(key="", line=0, price_minor=1, options=fields["options"])
    draft = ProductDraft(
        key="p", line=0, title="Tea", skus=(sku,), option_names=fields["option_names"]
    )
    with pytest.raises(writing.UnfitError, match="Tea"):
        written([draft], form, "csv")

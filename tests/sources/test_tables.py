"""Delimited files as people's machines write and bend them."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import APPAREL, SHANGHAI, TEE, Read, shopify, table

from yellowcart.core.problems import Problem
from yellowcart.sources.files import cells
from yellowcart.sources.files.catalogue import read_catalogue
from yellowcart.sources.files.drafts import ProductDraft, Refusal
from yellowcart.sources.files.tables import LONGEST_CELL, Table, detect_encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_files_in_every_encoding(encoding):
    text = table([{**TEE, "Title": "明前龙井茶叶礼盒装", "Vendor": "杭州西湖"}] * 1)
    read = Read(text.encode(encoding))
    assert read.products["tee"].title == "明前龙井茶叶礼盒装"
    assert read.catalogue.encoding == encoding


def test_western_files_without_unicode():
    text = table([{**TEE, "Title": "Crème brûlée à l’orange"}])
    read = Read(text.encode("cp1252"))
    assert (read.catalogue.encoding, read.products["tee"].title) == (
        "cp1252",
        "Crème brûlée à l’orange",
    )


def test_one_broken_byte_costs_its_row_and_not_the_language_of_the_file():
    rows = [{**TEE, "Handle": f"tea-{n}", "Title": f"明前龙井茶叶第{n}号"} for n in range(40)]
    data = table(rows).encode().replace("第7号".encode(), "第".encode() + b"\xff7")
    read = Read(data)
    assert list(read.refused) == [9]
    assert "save the file as UTF-8" in read.refused[9]
    assert read.products["tea-8"].title == "明前龙井茶叶第8号"
    assert len(read.products) == 39


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_line_ends_and_separators(end, delimiter):
    rows = [{**TEE, "Body (HTML)": f"one{end}two;,three"}, {**TEE, "Handle": "b", "Title": "B"}]
    data = table(rows, delimiter=delimiter, lineterminator=end).encode()
    read = Read(data)
    assert read.catalogue.delimiter == delimiter
    assert read.products["tee"].description_html == f"one{end}two;,three".replace("\x00", "")
    assert list(read.products) == ["tee", "b"]


def test_lines_are_counted_as_an_editor_counts_them():
    rows = [{**TEE, "Body (HTML)": "one\ntwo\nthree"}, {**TEE, "Handle": "b", "Variant Price": "x"}]
    assert list(Read(shopify(*rows)).refused) == [5]


def test_the_mark_of_excel_before_the_header_is_no_row():
    data = b"sep=;\r\n" + table([TEE], delimiter=";").encode()
    assert list(Read(data).products) == ["tee"]


def test_a_huge_description_is_kept_whole():
    body = "<p>" + "长" * 300_000 + "</p>"
    assert Read(shopify({**TEE, "Body (HTML)": body})).products["tee"].description_html == body


@pytest.mark.parametrize("padding", [1, LONGEST_CELL // 100])
def test_a_quote_never_closed_costs_its_own_line_only(padding):
    body = "x" * padding
    good = [{**TEE, "Handle": f"h{n}", "Body (HTML)": body} for n in range(200)]
    head, *lines = table(good, lineterminator="\n").splitlines()
    lines.insert(3, 'broken,"never closed,10,1,')
    read = Read("\n".join([head, *lines]).encode())
    assert list(read.refused) == [5]
    assert "never closed" in read.refused[5]
    assert len(read.products) == 200


def test_a_quote_never_closed_on_the_last_line():
    data = shopify(TEE) + b'x,"never closed,10,1\n'
    read = Read(data)
    assert (list(read.products), list(read.refused)) == (["tee"], [3])


def test_a_file_full_of_open_quotes_is_given_up_in_bounded_time():
    lines = ["Handle,Title,Variant Price", *(f'a{n},"b{n}" "c,1' for n in range(3))]
    lines += [f'"x{n}' for n in range(5_001)]
    read = Read("\n".join(lines).encode())
    assert read.refused


def test_too_many_cells_point_at_the_line():
    data = shopify(TEE) + b"cap,Cap,5,1,surprise\n"
    assert "5 cells and the header 4" in Read(data).refused[3]


def test_blank_rows_and_missing_tail_cells_are_nothing_special():
    data = shopify(TEE) + b"\n,,,\ncap,Cap,5\n"
    read = Read(data)
    assert (list(read.products), read.refused) == (["tee", "cap"], {})


@pytest.mark.parametrize(
    ("data", "options", "code"),
    [
        (b"", {}, "catalogue_empty"),
        (b"\n\n", {}, "catalogue_empty"),
        (b"a,b,c\n1,2,3\n", {}, "catalogue_format_unknown"),
        (b"a,b,c\n1,2,3\n", {"wanted": "shopify"}, "catalogue_columns_missing"),
        (b"a,b,c\n1,2,3\n", {"wanted": "woocommerce"}, "catalogue_columns_missing"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", {}, "catalogue_format_unknown"),
    ],
)
def test_what_is_no_catalogue_is_refused_as_a_whole(data, options, code):
    with pytest.raises(Problem) as caught:
        Read(data, **options)
    assert caught.value.code == code


def test_a_currency_without_fractions():
    read = Read(shopify({**TEE, "Variant Price": "1200"}), currency="JPY")
    assert read.products["tee"].skus[0].price_minor == 1200
    assert (
        "finer than JPY"
        in Read(shopify({**TEE, "Variant Price": "9.5"}), currency="JPY").refused[2]
    )


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12,50", 1250),
        ("1,299.00", 129900),
        ("1.299,00", 129900),
        ("1,234,567", 123456700),
        ("¥ 12.00", 1200),
        ("CNY 12", 1200),
        ("12.500", 1250),
        ("0", 0),
    ],
)
def test_prices_as_people_write_them(text, minor):
    assert cells.price(text, "CNY", "Price") == minor


def test_progress_is_told_up_to_the_end():
    seen = []
    read_catalogue(
        io.BytesIO(APPAREL.read_bytes()),
        currency="CNY",
        zone=SHANGHAI,
        progress=lambda phase, done, total: seen.append((phase, done, total)),
    ).items.close()
    size = APPAREL.stat().st_size
    assert seen[-1] == ("reading", size, size)


def peak_of(products):
    """The most memory in use while a file with every parent far from its variation is read."""

    def lines():
        yield b"ID,Type,SKU,Name,Stock,Regular price,Parent,Attribute 1 name,Attribute 1 value(s)\n"
        for n in range(products):
            yield f"v{n},variation,s{n},V,1,9,id:{n},Size,M\n".encode()
        for n in reversed(range(products)):
            yield f"{n},variable,,P{n},,,,Size,M\n".encode()

    file = io.BytesIO(b"".join(lines()))
    tracemalloc.start()
    try:
        catalogue = read_catalogue(file, currency="CNY", zone=SHANGHAI)
        assert sum(isinstance(item, ProductDraft) for item in catalogue.items) == products
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_longer_file_needs_no_more_memory():
    peak_of(10)
    assert peak_of(1_500) < peak_of(300) * 1.5


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("columns", ["Handle,Title,Variant Price", "标题\tHandle\t价格"])
def test_utf_16_is_known_without_its_mark(encoding, columns):
    rows = f"{columns}\n茶杯茶杯茶杯茶杯\n".encode(encoding)
    assert detect_encoding(io.BytesIO(rows)).name == encoding


def test_an_empty_byte_does_not_make_a_file_utf_16():
    assert Read(b"Handle,Title,Variant Price\n\0").catalogue.format == "shopify"


@given(st.binary(max_size=2_000))
def test_no_bytes_are_too_strange(data):
    read = Read(b"Handle,Title,Variant Price\n" + data)
    assert read.catalogue.format == "shopify"


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")),
            min_size=3,
            max_size=3,
        ),
        max_size=8,
    )
)
def test_what_a_csv_writer_wrote_is_read_back(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["a", "b", "c"], *rows])
    found = Table(io.BytesIO(b"\xef\xbb\xbf" + out.getvalue().encode()))
    expected = [[cell.strip() for cell in row] for row in rows]
    wanted = [row for row in expected if any(row) and "\ufffd" not in "".join(row)]
    assert [row.cells for row in found.rows() if not isinstance(row, Refusal)] == wanted

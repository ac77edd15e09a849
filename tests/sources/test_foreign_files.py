"""Workbooks, Taobao Assistant's files, and headers nobody knows."""

import io
import zipfile

import pytest
import xlsxwriter
from tests.sources.reading import TEE, Read, table

from yellowcart.core.problems import Problem
from yellowcart.sources.files import columns
from yellowcart.sources.files.catalogue import format_of, header_of
from yellowcart.sources.files.sheets import Sheet


def workbook(rows, **options):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": False})
    hidden = book.add_worksheet("notes")
    hidden.hide()
    hidden.write(0, 0, "nothing")
    page = book.add_worksheet("goods")
    for row, cells in enumerate(rows, start=options.get("top", 0)):
        for column, cell in enumerate(cells):
            page.write(row, column, cell)
    page.activate()
    book.close()
    return out.getvalue()


def test_a_workbook_is_read_like_its_csv():
    header = [*TEE, "Option1 Name", "Option1 Value"]
    first = [*TEE.values(), "Size", "M"]
    first[2], first[3] = 10.5, 3
    data = workbook([header, first, ["tee", "", 11, 2, "", "L"], [], ["x", "X", "no price"]])
    read = Read(data)
    assert (read.catalogue.format, read.catalogue.encoding) == ("shopify", "workbook")
    skus = read.products["tee"].skus
    assert [(sku.options, sku.price_minor, sku.stock) for sku in skus] == [
        (("M",), 1050, 3),
        (("L",), 1100, 2),
    ]
    assert list(read.refused) == [5]


def test_lines_are_those_that_people_see_in_the_sheet():
    data = workbook([list(TEE), ["x", "X", "no price"]], top=3)
    assert list(Read(data).refused) == [5]


def test_formulas_are_never_evaluated():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    page.write_row(0, 0, list(TEE))
    page.write_row(1, 0, ["tee", "Tee"])
    page.write_formula(1, 2, "=6*7", None, 12.5)
    page.write_number(1, 3, 1)
    book.close()
    assert Read(out.getvalue()).products["tee"].skus[0].price_minor == 1250


def code_of(data):
    with pytest.raises(Problem) as caught:
        Read(data)
    return caught.value.code


def bomb():
    """A workbook of a few kilobytes that claims a cell at each end of the largest sheet."""
    out = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(workbook([["a"], ["b"]])))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            if name.startswith("xl/worksheets/"):
                text = text.replace(b'r="A2"', b'r="XFD1048576"').replace(
                    b'<row r="2"', b'<row r="1048576"'
                )
            target.writestr(name, text)
    return out.getvalue()


def test_a_workbook_that_unfolds_without_end_costs_a_process_and_no_more():
    assert code_of(bomb()) in {"workbook_unreadable", "sheet_too_large"}


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04nothing of the kind", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_is_no_workbook_is_refused_in_words(data):
    assert code_of(data) == "workbook_unreadable"


def test_a_workbook_left_halfway_leaves_no_process():
    sheet = Sheet(io.BytesIO(workbook([["a"], *([n] for n in range(5_000))])))
    next(sheet.rows())
    sheet.release()
    assert sheet._reader.poll() is not None


NAMES = {
    "title": "宝贝名称",
    "cid": "宝贝类目",
    "price": "宝贝价格",
    "num": "宝贝数量",
    "approve_status": "放入仓库",
    "description": "宝贝描述",
    "picture": "新图片",
    "skuProps": "销售属性组合",
    "outer_id": "商家编码",
    "propAlias": "销售属性别名",
    "num_id": "数字ID",
}
SHIRT = [
    *("纯棉衬衫", "50010850", "48.43", "200", "1", "<p>好</p>"),
    "1b37:1:0:|https://img.example/1.jpg;2f6:1:1:|;",
    "48.43:100:A-1:1627207:-1001;20549:29544;48.58:95::1627207:28340;20549:29544;",
    *("A", "1627207:-1001:天蓝;20549:29544:49;", "0"),
]


def assistant(*rows, encoding="utf-16", preamble=True):
    lines = [list(NAMES.values()), *(list(row) for row in rows)]
    if preamble:
        lines = [["version 1.00"], list(NAMES), *lines]
    quoted = ["\t".join(f'"{cell}"' for cell in line) for line in lines]
    return "\r\n".join(quoted).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030", "utf-8-sig"])
@pytest.mark.parametrize("preamble", [True, False])
def test_taobao_assistants_files_are_read_in_every_encoding(encoding, preamble):
    read = Read(assistant(SHIRT, encoding=encoding, preamble=preamble))
    assert read.catalogue.format == "taobao"
    (product,) = read.products.values()
    assert (product.key, product.title, product.category) == ("code:A", "纯棉衬衫", "")
    assert product.option_names == ("颜色分类", "鞋码")
    assert product.images == ("https://img.example/1.jpg",)
    assert [(sku.options, sku.price_minor, sku.stock, sku.code) for sku in product.skus] == [
        (("天蓝", "49"), 4843, 100, "A-1"),
        (("1627207:28340", "49"), 4858, 95, ""),
    ]
    assert len(read.notes) == 1


def test_taobaos_broken_variants_are_refused_with_their_line():
    broken = [*SHIRT]
    broken[7], broken[8] = "48.43;nonsense", "B"
    read = Read(assistant(broken, SHIRT))
    assert list(read.refused) == [4]
    assert len(read.products) == 1


PLAIN = table(
    [
        {"款号": "T1", "品名": "龙井", "颜色": "绿", "单价": "12.5", "现有库存": "3", "备注": "x"},
        {"款号": "T1", "品名": "龙井", "颜色": "红", "单价": "13", "现有库存": "4", "备注": ""},
        {"款号": "T2", "品名": "普洱", "颜色": "", "单价": "", "现有库存": "1", "备注": ""},
    ]
)


def test_a_header_nobody_knows_is_read_once_its_columns_are_named():
    data = PLAIN.encode("gb18030")
    found = header_of(io.BytesIO(data))
    assert found.format == "columns"
    mapping = columns.suggest(found.names, found.sample, {})
    assert mapping == ["key", "title", "option", "price", "stock", ""]
    read = Read(data, mapping=mapping)
    product = read.products["T1"]
    assert product.option_names == ("颜色",)
    assert [(sku.options, sku.price_minor, sku.stock) for sku in product.skus] == [
        (("绿",), 1250, 3),
        (("红",), 1300, 4),
    ]
    assert product.said is not None
    assert "description_html" not in product.said
    assert list(read.refused) == [4]


def test_the_lines_to_correct_are_those_of_the_whole_product():
    data = PLAIN.replace("13,4", "no,4").encode()
    read = Read(data, mapping=["key", "title", "option", "price", "stock", ""])
    assert list(read.refused) == [3, 4]
    assert read.catalogue.lines == {2, 3, 4}


@pytest.mark.parametrize(
    ("name", "cells", "field"),
    [
        ("Produkt", ["Oolong tea 50 g", "Green tea 50 g"], "title"),
        ("Bild", ["https://a.example/1.jpg", "https://a.example/2.jpg"], "images"),
        ("Preis", ["12,50", "7,00"], "price"),
        ("Nummer", ["6901234567892", "4006381333931"], "barcode"),
        ("Menge", ["7", "7"], "stock"),
        ("Text", ["<p>a</p>", "b"], "description"),
        ("Kategory", ["x"], "category"),
        ("SKU-Code", ["x"], "code"),
        ("size", ["S"], "option"),
        ("Reason for refusal", ["12.50"], ""),
        ("", [], ""),
    ],
)
def test_columns_are_guessed_by_name_and_content(name, cells, field):
    assert columns.suggest([name], [[cell] for cell in cells], {}) == [field]


def test_what_was_said_before_comes_first_and_nothing_is_said_twice():
    header = ["Price", "Unit price", "Ours"]
    assert columns.suggest(header, [], {}) == ["price", "", ""]
    assert columns.suggest(header, [], {"ours": "price"}) == ["", "", "price"]
    assert columns.suggest(header, [], {"price": ""}) == ["", "price", ""]


def test_a_mapping_without_name_or_price_and_a_foreign_header_are_refused():
    with pytest.raises(Problem) as caught:
        Read(PLAIN.encode(), mapping=["key", "title", "", "", "", ""])
    assert caught.value.code == "columns_unnamed"
    with pytest.raises(Problem) as caught:
        format_of(io.BytesIO(PLAIN.encode()))
    assert caught.value.code == "catalogue_format_unknown"

"""What a column of a file can mean, what it may be called, and guesses for a header nobody knows.

Names are compared without case, blanks and marks, so that ``SKU code``, ``sku_code`` and
``SKU-Code`` are one. Pure.
"""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OPTION: Final = "option"
"""A column whose values are an option's, and whose header is the option's name."""
MOST_OPTIONS: Final = 20
CONTENT_SHARE: Final = 0.8
"""Part of a column's filled cells that must look alike for a guess by content."""
_LIKENESS: Final = 0.86


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column can tell. ``heading`` is how our own files head it; ``names`` are
    others' names for it, between commas."""

    heading: str
    chinese: str
    label: str | Promise
    names: str = ""


#: In the order of our own files' columns. The numbered options follow ``images``.
FIELDS: Final[dict[str, Field]] = {
    "product_id": Field("Product ID", "商品ID", _("Product ID")),
    "sku_id": Field("SKU ID", "规格ID", _("SKU ID")),
    "key": Field(
        "Handle",
        "商品编号",
        _("Product number (groups its variants)"),
        "handle, url handle, product number, item number, style, spu, 款号, 货号, "
        "商品编码, 产品编号, 宝贝id, 数字id, num iid, item id, parent sku",
    ),
    "title": Field(
        "Title",
        "商品名称",
        _("Name"),
        "name, product name, item name, product, 商品, 品名, 名称, 标题, 商品标题, "
        "产品名称, 宝贝标题, 宝贝名称, item title",
    ),
    "description": Field(
        "Description",
        "商品描述",
        _("Description"),
        "body, body html, details, long description, 描述, 详情, 商品详情, 宝贝描述, "
        "产品描述, 介绍, 说明",
    ),
    "vendor": Field(
        "Brand",
        "品牌",
        _("Brand"),
        "vendor, brands, manufacturer, maker, 厂商, 厂家",
    ),
    "category": Field(
        "Category",
        "类目",
        _("Category"),
        "type, product type, categories, product category, 分类, 商品分类, 商品类目, "
        "宝贝类目, 品类",
    ),
    "tags": Field(
        "Tags",
        "标签",
        _("Tags"),
        "tag, keywords, labels, 关键词, 关键字",
    ),
    "images": Field(
        "Images",
        "图片",
        _("Pictures (addresses)"),
        "image, image src, image url, picture, pictures, photo, photos, 主图, 商品图片, "
        "图片地址, 图片链接, 宝贝图片, 新图片, 主图链接",
    ),
    "published": Field(
        "On shelf",
        "上架",
        _("On the shelf"),
        "published, listed, visible, 是否上架, 上下架, 上架状态",
    ),
    "code": Field(
        "SKU code",
        "商家编码",
        _("SKU code"),
        "sku, variant sku, article number, merchant code, outer id, 规格编码, sku编码, "
        "sku 编码, 编码, 商家sku",
    ),
    "barcode": Field(
        "Barcode",
        "条形码",
        _("Barcode"),
        "ean, upc, gtin, isbn, 条码, 商品条码, 商品条形码, 国际条码",
    ),
    "price": Field(
        "Price",
        "价格",
        _("Price"),
        "regular price, unit price, retail price, sale price incl, selling price, 售价, "
        "单价, 销售价, 零售价, 宝贝价格, 一口价, 现价, 商品价格",
    ),
    "compare_at": Field(
        "Compare-at price",
        "划线价",
        _("Price before (struck through)"),
        "compare at price, list price, rrp, msrp, original price, 原价, 市场价, 吊牌价",
    ),
    "sale_price": Field(
        "Sale price",
        "促销价",
        _("Sale price"),
        "special price, discount price, promo price, 活动价, 特价, 折扣价",
    ),
    "sale_from": Field(
        "Sale from",
        "促销开始",
        _("Sale begins"),
        "sale start, date sale price starts, 活动开始, 促销开始时间",
    ),
    "sale_until": Field(
        "Sale until",
        "促销结束",
        _("Sale ends"),
        "sale end, date sale price ends, 活动结束, 促销结束时间",
    ),
    "currency": Field(
        "Currency",
        "币种",
        _("Currency"),
        "货币",
    ),
    "weight": Field(
        "Weight (g)",
        "重量(克)",
        _("Weight in grams"),
        "weight, grams, variant grams, 重量, 克重, 重量g",
    ),
    "image": Field(
        "SKU image",
        "规格图片",
        _("The variant's picture"),
        "variant image, sku图片, 规格图",
    ),
    "active": Field(
        "For sale",
        "在售",
        _("The variant is for sale"),
        "规格启用, enabled",
    ),
    "stock": Field(
        "Stock",
        "库存",
        _("Pieces in the warehouse"),
        "quantity, qty, inventory, inventory quantity, on hand, available, 数量, 库存数量, "
        "现有库存, 可用库存, 宝贝数量, 存货, 商品库存",
    ),
}
MARKS: Final = Field("Yellowcart", "Yellowcart", _("What was exported"))
FREE: Final = Field("Free to sell", "可售", _("Free to sell"))
REASON: Final = Field("Reason for refusal", "拒绝原因", _("Reason for refusal"))
LINE: Final = Field("Line before", "原行号", _("Line before"))

#: What a person may choose for a column of a header that is not known.
CHOICES: Final = (OPTION, *(name for name in FIELDS if name not in {"product_id", "sku_id"}))
#: Fields that only one column can tell.
_OPTION_NAME = re.compile(r"(?:option|规格)(\d{1,2})(?:name|名|名称)\Z")
_OPTION_VALUE = re.compile(r"(?:option|规格)(\d{1,2})(?:value|值)?\Z")
_OPTION_WORDS = frozenset(
    {
        *("size", "color", "colour", "material", "style", "flavour", "flavor", "length"),
        *("capacity", "颜色", "颜色分类", "尺码", "尺寸", "规格", "款式", "材质", "口味", "容量"),
        *("型号", "套餐"),
    }
)
_WEB = re.compile(r"https?://\S+\Z")
_PRICE = re.compile(r"[¥￥$€£]?\s*\d{1,7}[.,]\d{1,2}\Z")
_COUNT = re.compile(r"\d{1,7}\Z")
_GTIN = re.compile(r"(?:\d{8}|\d{12,14})\Z")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][\w./-]{2,39}\Z", re.ASCII)
_HTML = re.compile(r"<(?:p|div|br|ul|span|img|h\d)\b", re.IGNORECASE)


def plain(name: str) -> str:
    """A header's name without case, width, blanks and marks."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).lower())


_BY_NAME: Final = {
    plain(name): key
    for key, field in reversed(FIELDS.items())
    for name in (*field.names.split(", "), field.heading, field.chinese)
    if name
}
_OWN: Final = {
    plain(name): key
    for key, field in {**FIELDS, "marks": MARKS}.items()
    for name in (field.heading, field.chinese)
}
_ASIDE: Final = frozenset(
    plain(name) for field in (REASON, LINE, FREE) for name in (field.heading, field.chinese)
)


def is_aside(name: str) -> bool:
    """Whether a column is one that we add and never read: a reason, a line, what is free."""
    return plain(name) in _ASIDE


def tells_reasons(header: Sequence[str]) -> bool:
    """Whether a file is one of refused rows that comes back corrected."""
    names = {plain(REASON.heading), plain(REASON.chinese)}
    return any(plain(name) in names for name in header)


def signature(header: Sequence[str]) -> str:
    """A header without what we add to it, equal for headers that mean the same columns."""
    return "\n".join(plain(name) for name in header if not is_aside(name))


def own(name: str) -> str | None:
    """What a column of our own files tells: a field, ``marks``, ``option3`` or ``option3_name``."""
    text = plain(name)
    if text in _OWN:
        return _OWN[text]
    if found := _OPTION_NAME.match(text):
        return f"option{int(found[1])}_name"
    if found := _OPTION_VALUE.match(text):
        return f"option{int(found[1])}"
    return None


def suggest(
    header: Sequence[str], sample: Sequence[Sequence[str]], known: Mapping[str, str]
) -> list[str]:
    """A field for each column, empty where none fits: as this shop chose for a column of that name
    before (``known``, by :func:`plain` name), else by name, else by what the cells hold."""
    chosen = [""] * len(header)
    taken: set[str] = set()

    def take(column: int, field: str) -> None:
        if field and not chosen[column] and (field == OPTION or field not in taken):
            chosen[column] = field
            taken.add(field)

    for column, name in enumerate(header):
        take(column, known.get(plain(name), ""))
    for column, name in enumerate(header):
        if not is_aside(name) and plain(name) not in known:
            take(column, by_name(name))
    for column, name in enumerate(header):
        if not is_aside(name) and plain(name) not in known:
            take(column, by_likeness(name))
    for column, name in enumerate(header):
        if not is_aside(name) and plain(name) not in known and not chosen[column]:
            cells = [row[column] for row in sample if column < len(row) and row[column]]
            take(column, by_content(cells, taken))
    return chosen


def by_name(name: str) -> str:
    """The field that a column is called after; empty where it is none's name."""
    text = plain(name)
    if text in _BY_NAME:
        return _BY_NAME[text]
    return OPTION if text in {plain(word) for word in _OPTION_WORDS} else ""


def by_likeness(name: str) -> str:
    """The field whose name a column's all but is; empty where none's is."""
    text = plain(name)
    if len(text) < 2:
        return ""
    close = difflib.get_close_matches(text, _BY_NAME, n=1, cutoff=_LIKENESS)
    return _BY_NAME[close[0]] if close else ""


def by_content(cells: Sequence[str], taken: set[str]) -> str:
    """The field that cells look like, of those not taken; empty where they look like nothing."""
    if not cells:
        return ""

    def mostly(pattern: re.Pattern[str]) -> bool:
        return sum(bool(pattern.match(cell)) for cell in cells) >= CONTENT_SHARE * len(cells)

    different = len(set(cells)) == len(cells)
    guesses = (
        ("images", mostly(_WEB)),
        ("barcode", mostly(_GTIN) and all(map(_checks, filter(_GTIN.match, cells)))),
        ("price", mostly(_PRICE)),
        ("description", any(map(_HTML.search, cells)) or _average(cells) > 120),
        ("stock", mostly(_COUNT)),
        ("code", mostly(_CODE) and different),
        ("title", different and _average(cells) > 6),
    )
    return next((field for field, fits in guesses if fits and field not in taken), "")


def _average(cells: Sequence[str]) -> float:
    return sum(map(len, cells)) / len(cells)


def _checks(code: str) -> bool:
    """Whether a GTIN's last digit is the check digit of the others."""
    digits = [int(digit) for digit in reversed(code)]
    return sum(digit * (3 if n % 2 else 1) for n, digit in enumerate(digits)) % 10 == 0

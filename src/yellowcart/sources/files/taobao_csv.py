"""Products from Taobao Assistant (淘宝助理) and files made after its columns.

Its own files are tab-separated UTF-16: ``version 1.00``, then the columns in English, then in
Chinese, then one product a line; others have the Chinese names alone, often in GB 18030. Variants
stand in one cell as ``price:count:code:property:value;property:value;price:…``, properties and
values as numbers of Taobao's tree; what the seller called them stands in ``propAlias`` and
``input_custom_cpv`` as ``property:value:name;``. Pictures are ``file:1:place:|address;``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.tabular import unguarded
from yellowcart.sources.files import cells
from yellowcart.sources.files.cells import CellError
from yellowcart.sources.files.columns import plain
from yellowcart.sources.files.drafts import Item, Note, ProductDraft, Refusal, SkuDraft
from yellowcart.sources.files.spool import Kept, Spool

FORMAT = "taobao"

COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "宝贝名称", "宝贝标题"),
    "cid": ("cid", "宝贝类目"),
    "shop_category": ("seller_cids", "店铺类目"),
    "price": ("price", "宝贝价格"),
    "num": ("num", "宝贝数量"),
    "approve_status": ("approve_status", "放入仓库"),
    "description": ("description", "宝贝描述"),
    "picture": ("picture", "新图片", "宝贝图片"),
    "skus": ("skuprops", "销售属性组合"),
    "code": ("outer_id", "商家编码"),
    "alias": ("propalias", "销售属性别名"),
    "custom": ("input_custom_cpv", "自定义属性值"),
    # Ours: what properties are called that Taobao does not know by a number.
    "names": ("销售属性名称",),
    "num_id": ("num_id", "数字id"),
    "weight": ("item_weight", "物流重量", "宝贝重量"),
    "barcode": ("barcode", "商品条形码"),
    "sku_barcode": ("sku_barcode", "sku 条形码"),
    "subtitle": ("subtitle", "宝贝卖点"),
}
_BY_NAME = {plain(name): key for key, names in COLUMNS.items() for name in names}
#: Properties that carry variants in nearly every category; others go by their number.
PROPERTIES = {"1627207": "颜色分类", "20509": "尺码", "20549": "鞋码", "122216343": "套餐"}
_PAIR = re.compile(r"-?\d+:-?\d+\Z")
_VARIANT = re.compile(r"(\d+(?:\.\d+)?):(\d+):(.*):(-?\d+:-?\d+)\Z")
_PICTURE = re.compile(r"https?://[^\s;|]+")


def fits(header: Sequence[str]) -> bool:
    """Whether a header has Taobao Assistant's columns."""
    names = {plain(name) for name in header}
    chinese = {"宝贝名称", "宝贝价格"} <= names
    return chinese or {"title", "cid", "price", "num", "skuprops"} <= names


def missing_columns(header: Sequence[str]) -> list[str]:
    """The columns without which nothing can be read."""
    known = {_BY_NAME.get(plain(name)) for name in header}
    needed = (("title", "宝贝名称"), ("price", "宝贝价格"))
    return [name for key, name in needed if key not in known]


def keep(header: Sequence[str], rows: Iterator[tuple[int, list[str]]], spool: Spool) -> list[Item]:
    """Put rows into the spool, a product each; what had to be refused at once."""
    keys = [_BY_NAME.get(plain(name)) for name in header]
    refused: list[Item] = []
    for line, values in rows:
        row: dict[str, str] = {}
        for key, value in zip(keys, values, strict=True):
            if key and value and key not in row:
                row[key] = unguarded(value)
        if row.get("title") in COLUMNS["title"]:
            continue  # The second line of names.
        first = spool.claim(_product_key(row), line)
        if first != line:
            refused.append(
                Refusal(
                    line,
                    _("%(name)s is used on line %(line)s already; give each row its own."),
                    {"name": row.get("num_id") or row.get("code") or row.get("title", "")}
                    | {"line": first},
                )
            )
            continue
        spool.add(line, row)
    return refused


def read(spool: Spool, currency: str, most_skus: int) -> Iterator[Item]:
    """The products of a resolved spool, each after the refusals and notes about its row."""
    for group in spool.groups():
        for row in group:
            yield from _Product(row, currency, most_skus).items()


def _product_key(row: dict[str, str]) -> str:
    """Taobao's own number, else the seller's code, else the name."""
    number = row.get("num_id", "")
    if number and number != "0":
        return number[:200]
    if row.get("code"):
        return f"code:{row['code']}"[:200]
    return f"name:{row.get('title', '')}"[:200]


@dataclass(slots=True)
class _Variant:
    price: str
    count: str
    code: str
    pairs: list[str] = field(default_factory=list)


def variants_of(text: str) -> list[_Variant] | None:
    """The variants of a ``skuProps`` cell; ``None`` where it is not written that way."""
    variants: list[_Variant] = []
    for part in filter(None, (one.strip() for one in text.split(";"))):
        begun = _VARIANT.match(part)
        if begun:
            variants.append(_Variant(begun[1], begun[2], begun[3], [begun[4]]))
        elif _PAIR.match(part) and variants:
            variants[-1].pairs.append(part)
        else:
            return None
    return variants


@dataclass(slots=True)
class _Product:
    """One product on its way from a row to a draft."""

    row: Kept
    currency: str
    most_skus: int
    remarks: list[Item] = field(default_factory=list)

    def items(self) -> Iterator[Item]:
        """The remarks about the row, then the draft, if there is one."""
        try:
            draft = self._draft()
        except CellError as error:
            yield from self.remarks
            yield Refusal(self.row.line, error.words, error.params)
            return
        yield from self.remarks
        yield draft

    def _draft(self) -> ProductDraft:
        found = self.row.cells
        if not found.get("title"):
            raise CellError(_("The product has no name; write one."))
        variants = variants_of(found.get("skus", ""))
        if variants is None:
            raise CellError(
                _("The variants (销售属性组合) can't be read; export the product again.")
            )
        if len(variants) > self.most_skus:
            raise CellError(_("A product has at most %(most)s variants."), most=self.most_skus)
        names = list(dict.fromkeys(pair.split(":")[0] for one in variants for pair in one.pairs))
        skus = self._skus(variants, names) if variants else (self._single(),)
        words = found.get("subtitle", "")
        lead = f"<p>{words}</p>\n" if words else ""
        category = found.get("cid", "")
        return ProductDraft(
            key=_product_key(found),
            line=self.row.line,
            title=found["title"][:300],
            skus=skus,
            description_html=lead + found.get("description", ""),
            # A number is a place in Taobao's tree, which says nothing here.
            category="" if category.isdecimal() else category[:300],
            images=self._images(),
            option_names=self._option_names(names),
            # 1 is on sale and 2 in the warehouse.
            published=found.get("approve_status", "1") != "2",
        )

    def _single(self) -> SkuDraft:
        found = self.row.cells
        return SkuDraft(
            key="Default Title",
            line=self.row.line,
            price_minor=self._price(found.get("price", "")),
            code=found.get("code", "")[:200],
            barcode=found.get("barcode", "")[:64],
            weight_grams=cells.grams(found.get("weight", "0"), "kg"),
            stock=self._stock(found.get("num", "")),
        )

    def _skus(self, variants: list[_Variant], names: list[str]) -> tuple[SkuDraft, ...]:
        said = self._said_names()
        barcodes = self.row.cells.get("sku_barcode", "").split(";")
        skus: dict[tuple[str, ...], SkuDraft] = {}
        for n, one in enumerate(variants):
            values = dict(pair.split(":") for pair in one.pairs)
            if set(values) != set(names):
                raise CellError(
                    _("Variant %(number)s lacks a property that the others have."), number=n + 1
                )
            options = tuple(
                said.get(f"{pid}:{values[pid]}", f"{pid}:{values[pid]}")[:200] for pid in names
            )
            if options in skus:
                raise CellError(
                    _("Two variants are called “%(name)s”; give each its own name."),
                    name=" / ".join(options),
                )
            skus[options] = SkuDraft(
                key=";".join(sorted(one.pairs))[:300],
                line=self.row.line,
                price_minor=self._price(one.price),
                options=options,
                code=one.code[:200],
                barcode=barcodes[n][:64] if len(barcodes) >= len(variants) else "",
                weight_grams=cells.grams(self.row.cells.get("weight", "0"), "kg"),
                stock=self._stock(one.count),
            )
        if any(re.match(r"\d+:", value) for options in skus for value in options):
            self.remarks.append(
                Note(
                    self.row.line,
                    _(
                        "Some values stand as Taobao's numbers, for the file has no names for"
                        " them; write their names here."
                    ),
                )
            )
        return tuple(skus.values())

    def _said_names(self) -> dict[str, str]:
        """What the seller calls values, by ``property:value``."""
        said: dict[str, str] = {}
        for column in ("custom", "alias"):
            for part in self.row.cells.get(column, "").split(";"):
                pieces = part.strip().split(":", 2)
                if len(pieces) == 3 and pieces[2]:
                    said[f"{pieces[0]}:{pieces[1]}"] = pieces[2]
        return said

    def _option_names(self, pids: list[str]) -> tuple[str, ...]:
        said = [part.partition(":") for part in self.row.cells.get("names", "").split(";")]
        ours = {pid.strip(): name[:100] for pid, _colon, name in said if name}
        return tuple(ours.get(pid) or PROPERTIES.get(pid, pid) for pid in pids)

    def _price(self, text: str) -> int:
        if not text:
            raise CellError(_("The variant has no price; write one, like 12.50."))
        return cells.price(text, self.currency, "宝贝价格")

    def _stock(self, text: str) -> int | None:
        if not text:
            self.remarks.append(
                Note(self.row.line, _("The file doesn't count this variant's stock; set it here."))
            )
            return None
        stock = cells.whole_number(text, "宝贝数量")
        if stock < 0:
            raise CellError(_("The stock is %(stock)s; write 0 or more."), stock=stock)
        return stock

    def _images(self) -> tuple[str, ...]:
        text = self.row.cells.get("picture", "")
        urls = [cells.web_address(url) for url in _PICTURE.findall(text)]
        if text and not urls:
            self._note(_("The pictures are files on a computer; add them here."))
        return tuple(dict.fromkeys(url for url in urls if url))[:60]

    def _note(self, words: str | Promise) -> None:
        self.remarks.append(Note(self.row.line, words))

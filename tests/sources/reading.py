"""Reading catalogue files in tests: a file read to its end, and CSV bytes from dicts."""

import csv
import io
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import translation

from yellowcart.sources.files.catalogue import read_catalogue
from yellowcart.sources.files.drafts import Note, ProductDraft, Refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")
REPOSITORY = Path(__file__).resolve().parents[2]
APPAREL = REPOSITORY / "src/yellowcart/demo/data/shopify_apparel.csv"
WOO = REPOSITORY / "tests/sources/data/woocommerce_products.csv"


class Read:
    """A file read to its end: products by key, refusals and notes by line."""

    def __init__(self, data, **options):
        options = {"currency": "CNY", "zone": SHANGHAI, **options}
        self.catalogue = read_catalogue(io.BytesIO(data), **options)
        items = list(self.catalogue.items)
        with translation.override("en"):
            self.products = {item.key: item for item in items if isinstance(item, ProductDraft)}
            self.refused = {item.line: item.reason for item in items if isinstance(item, Refusal)}
            self.notes = {item.line: item.reason for item in items if isinstance(item, Note)}
        assert sum(isinstance(item, ProductDraft) for item in items) == len(self.products)


def table(rows, **options):
    """CSV bytes of a list of dicts; the header is the union of their keys."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, **options)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def shopify(*rows):
    return table(rows).encode()


TEE = {"Handle": "tee", "Title": "Tee", "Variant Price": "10.00", "Variant Inventory Qty": "3"}

"""Which pictures goods name, how far our copies of them are, and letting go of the others."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from yellowcart.catalog.models import PictureUse, Product, Sku
from yellowcart.catalog.rules import pictures_in
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.people.models import Account
from yellowcart.pictures import actions as pictures
from yellowcart.pictures.models import Address
from yellowcart.pictures.rules import UNUSED, id_of
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop

#: Addresses forgotten in one transaction, and the seconds of wall time between two looks.
BATCH: Final = 2_000
SELDOM: Final = 900.0

Products = QuerySet[Product, Any]


def note(products: Sequence[Product]) -> None:
    """Have the pictures of these products fetched, and note which they use; joins the transaction
    that wrote them and their variants. What is known is asked for again, since they changed."""
    named = {one.id: {*one.images, *pictures_in(one.description_html)} for one in products}
    rows = Sku.objects.filter(product_id__in=named).exclude(image_url="")
    for product_id, url in rows.values_list("product_id", "image_url"):
        named[product_id].add(url)
    wanted: set[UUID] = set()
    for shop_id in sorted({one.shop_id for one in products}):
        urls = {url for one in products if one.shop_id == shop_id for url in named[one.id]}
        wanted.update(pictures.want(shop_id, urls, look_again=True))
    pairs = ((product_id, id_of(url)) for product_id, urls in named.items() for url in urls)
    uses = {pair for pair in pairs if pair[1] in wanted}
    known = PictureUse.objects.filter(product_id__in=named)
    there = set(known.values_list("product_id", "address_id"))
    if there - uses:
        PictureUse.objects.filter(pk__in=list(there - uses)).delete()
    PictureUse.objects.bulk_create(
        [PictureUse(product_id=one, address_id=two) for one, two in sorted(uses - there)],
        ignore_conflicts=True,
        batch_size=5_000,
    )


def note_copies(copy_ids: Collection[UUID]) -> None:
    """New copies of a supplier's products use the same pictures; joins the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_picture_use (product_id, address_id)"
            " SELECT c.id, u.address_id FROM catalog_product c"
            " JOIN catalog_picture_use u ON u.product_id = c.origin_id"
            " WHERE c.id = ANY(%s) ON CONFLICT DO NOTHING",
            [list(copy_ids)],
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How many pictures goods name, each address once, and what became of them."""

    total: int
    kept: int
    failed: int

    @property
    def waiting(self) -> int:
        """Those that are still to be fetched."""
        return self.total - self.kept - self.failed

    @property
    def share(self) -> int:
        """Hundredths of them that are settled, one way or the other."""
        return (self.kept + self.failed) * 100 // self.total if self.total else 100


def progress_of(products: Products) -> Progress:
    """How far the pictures of these products are."""
    used = PictureUse.objects.filter(product__in=products.order_by()).values("address_id")
    counts = Address.objects.filter(id__in=used).aggregate(
        total=Count("id"),
        kept=Count("id", filter=Q(state="kept")),
        failed=Count("id", filter=Q(state="failed")),
    )
    return Progress(**counts)


def failures_of(products: Products) -> "QuerySet[PictureUse, Any]":
    """Pictures of these products that could not be had, with the product and the reason, by
    product, the newest first."""
    rows = PictureUse.objects.filter(product__in=products.order_by(), address__state="failed")
    return rows.select_related("product", "address").order_by("-product_id", "address_id")


@transaction.atomic
def do_ask_again(*, actor: Account, shop: Shop, product_id: UUID | None = None) -> int:
    """Have the pictures fetched once more that failed, of one product or of all; how many.

    Raises ``shop_forbidden``.
    """
    access_shop(actor, shop.id, "goods")
    products = Product.objects.filter(shop_id=shop.id)
    count = ask_again(products if product_id is None else products.filter(id=product_id))
    outbox.audit(actor.id, "pictures.again", f"shop:{shop.id}", count=count)
    return count


def ask_again(products: Products) -> int:
    """The same without asking who wants it; joins the caller's transaction."""
    used = PictureUse.objects.filter(product__in=products.order_by(), address__state="failed")
    return pictures.ask_again(used.values_list("address_id", flat=True))


class Tidy:
    """Lets go of pictures that no goods name any more."""

    def __init__(self) -> None:
        self._looked = -SELDOM

    def __call__(self) -> datetime | None:
        """Look now and then."""
        if time.monotonic() - self._looked >= SELDOM:
            self._looked = time.monotonic()
            forget_unused()
        return None


def forget_unused() -> int:
    """Forget addresses that no goods name, then copies that nothing leads to; how many copies."""
    used = PictureUse.objects.filter(address_id=OuterRef("id"))
    unused = Address.objects.filter(~Exists(used), wanted_at__lt=wall() - UNUSED)
    while ids := list(unused.order_by("id").values_list("id", flat=True)[:BATCH]):
        if not pictures.do_forget(ids):
            break
    count = 0
    while gone := pictures.do_forget_pictures():
        count += gone
    return count

"""Stock over HTTP, and the import of a catalogue file."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, File, Form, Router, Schema
from ninja.files import UploadedFile

from yellowcart.catalog.models import Sku
from yellowcart.core.problems import Problem
from yellowcart.inventory import actions, queries
from yellowcart.inventory.importing import do_import
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.people.tokens import scoped
from yellowcart.shops.queries import access_shop

router = Router()

LARGEST_FILE = 64 * 2**20
"""Bytes of an uploaded catalogue; larger ones go through the command."""


class StockOut(Schema):
    """One SKU's stock: what lies there, what orders hold, what is sold, what is free."""

    sku_id: UUID
    shared: bool
    on_hand: int
    reserved: int
    sold: int
    free: int


class CountIn(Schema):
    """How many pieces lie in the warehouse."""

    on_hand: int = Field(ge=0, le=10**12)


class DeltaIn(Schema):
    """Pieces to add, or to take away where negative; the same key again changes nothing."""

    delta: int = Field(ge=-(10**12), le=10**12)
    idempotency_key: str = Field(min_length=1, max_length=100)


class RefusalOut(Schema):
    """A row that was not taken over, and why."""

    line: int
    reason: str


class ImportOut(Schema):
    """What an import did."""

    shop: dict[str, str]
    format: str
    products_created: int
    products_changed: int
    products_unchanged: int
    variants_retired: int
    rows_refused: int
    refusals: list[RefusalOut]
    notes: list[dict[str, Any]]
    edits_kept: list[dict[str, Any]]


def _access_sku(account: Account, sku_id: UUID, capability: str) -> Sku:
    sku = Sku.objects.filter(id=sku_id).first()
    if sku is None:
        raise Problem("sku_not_found", 404, _("There is no such SKU."))
    access_shop(account, sku.shop_id, capability)
    return sku


def _own_row(account: Account, sku_id: UUID) -> Sku:
    """The SKU, where its stock is its own shop's to count."""
    sku = _access_sku(account, sku_id, "stock")
    if sku.stock_shop_id != sku.shop_id:
        raise Problem(
            "stock_shared",
            409,
            _("This SKU draws on its supplier's stock, which only the supplier can count."),
        )
    return sku


def _out(sku: Sku) -> StockOut:
    level = queries.levels_of([sku])[sku.id]
    return StockOut(
        sku_id=sku.id,
        shared=sku.stock_shop_id != sku.shop_id,
        on_hand=level.on_hand,
        reserved=level.reserved,
        sold=level.sold,
        free=level.free,
    )


@router.get("/skus/{sku_id}", auth=scoped("stock:read"), response=StockOut)
def get_stock(request: HttpRequest, sku_id: UUID) -> StockOut:
    """A SKU's stock, for those who work in its shop and for operators."""
    return _out(_access_sku(access_person(request.user), sku_id, "view"))


@router.put("/skus/{sku_id}", auth=scoped("stock:write"), response=StockOut)
def set_stock(request: HttpRequest, sku_id: UUID, wanted: CountIn) -> StockOut:
    """Say how many pieces lie in the warehouse."""
    account = access_person(request.user)
    sku = _own_row(account, sku_id)
    actions.do_set_stock(sku.stock_shop_id, sku.stock_sku_id, wanted.on_hand, actor_id=account.id)
    return _out(sku)


@router.post("/skus/{sku_id}/adjust", auth=scoped("stock:write"), response=StockOut)
def adjust_stock(request: HttpRequest, sku_id: UUID, wanted: DeltaIn) -> StockOut:
    """Add or take away pieces, once for each key."""
    account = access_person(request.user)
    sku = _own_row(account, sku_id)
    actions.do_adjust_stock(
        sku.stock_shop_id,
        sku.stock_sku_id,
        wanted.delta,
        actor_id=account.id,
        idempotency_key=wanted.idempotency_key,
    )
    return _out(sku)


@router.post("/import/{shop}", auth=scoped("products:write"), response=ImportOut)
def import_products(
    request: HttpRequest,
    shop: str,
    file: File[UploadedFile],
    format: Form[str] = "auto",
) -> dict[str, Any]:
    """Import a CSV or XLSX file: an export of ours, of Shopify, WooCommerce or Taobao Assistant.

    The same file again changes nothing.
    """
    account = access_person(request.user)
    row = access_shop(account, shop, "goods")
    if (file.size or 0) > LARGEST_FILE:
        raise Problem(
            "file_too_large",
            413,
            _("The file is over %(most)s MB. Split it, or import it on the server."),
            params={"most": LARGEST_FILE // 2**20},
        )
    data = file.file
    if data is None:
        raise Problem("catalogue_empty", 422, _("No file was sent."))
    return do_import(data, shop=row, actor=account, wanted=format).body()

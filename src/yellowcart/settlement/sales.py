"""Reads orders and conversions as sales to be parted: many at once, a few queries for all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from yellowcart.catalog.models import Sku
from yellowcart.catalog.queries import sku_price
from yellowcart.listings.models import Click
from yellowcart.orders.models import Conversion, Order, OrderDiscount, OrderLine
from yellowcart.payments.models import Payment, PaymentPart
from yellowcart.settlement import parties
from yellowcart.settlement.models import SupplierWord
from yellowcart.settlement.rules import Sale, SaleLine, unearned

Key = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Sold:
    """An order, and what of its payments stands: received less refunded; what its suppliers said,
    by party, and how many pieces of how many of each line were refunded."""

    order: Order
    sale: Sale
    kept_minor: int
    words: Mapping[str, SupplierWord]
    pieces: Mapping[int, tuple[int, int]]

    @property
    def refunded_minor(self) -> int:
        """What of the order's money went back. A payment too many that went back is none of it."""
        return min(max(self.sale.paid_minor - self.kept_minor, 0), self.sale.paid_minor)

    def unearned_of(self, party: str, lines: Mapping[int, int]) -> int:
        """What a supplier with this share is not paid of it by now."""
        word = self.words.get(party)
        gone = {int(no): count for no, count in word.pieces.items()} if word else {}
        back = {
            no: (max(refunded, gone.get(no, 0)), quantity)
            for no, (refunded, quantity) in self.pieces.items()
        }
        return unearned(lines, back, word.refunded_minor if word else 0)


def read_orders(keys: Sequence[Key]) -> list[Sold]:
    """The orders of these keys that were ever paid, or lost a deposit; in order of key."""
    mine = {"shop_id__in": {key[0] for key in keys}}
    ids = [key[1] for key in keys]
    orders = list(Order.objects.filter(**mine, id__in=ids).order_by("shop_id", "id"))
    lines: defaultdict[Key, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(**mine, order_id__in=ids).order_by("line_no"):
        lines[line.shop_id, line.order_id].append(line)
    borne: defaultdict[Key, dict[str, int]] = defaultdict(dict)
    for row in OrderDiscount.objects.filter(**mine, order_id__in=ids).order_by("coupon_id"):
        of_order = borne[row.shop_id, row.order_id]
        of_order[row.bearer] = of_order.get(row.bearer, 0) + row.amount_minor
    kept = _kept(keys)
    supply = _supply([line for some in lines.values() for line in some])
    words: defaultdict[Key, dict[str, SupplierWord]] = defaultdict(dict)
    for word in SupplierWord.objects.filter(**mine, order_id__in=ids):
        words[word.shop_id, word.order_id][word.party] = word
    found = []
    for order in orders:
        key = (order.shop_id, order.id)
        sale = _sale(order, lines[key], borne[key], supply)
        if sale is not None:
            pieces = {one.line_no: (one.refunded_quantity, one.quantity) for one in lines[key]}
            found.append(Sold(order, sale, kept.get(key, 0), words[key], pieces))
    return found


def _kept(keys: Sequence[Key]) -> dict[Key, int]:
    rows = (
        PaymentPart.objects.filter(
            shop_id__in={key[0] for key in keys}, order_id__in=[key[1] for key in keys]
        )
        .filter(payment_id__in=_succeeded(keys))
        .values_list("shop_id", "order_id")
        .annotate(came=Sum("amount_minor"), went=Sum("refunded_minor"))
    )
    return {(shop_id, order_id): came - went for shop_id, order_id, came, went in rows}


def _succeeded(keys: Sequence[Key]) -> list[UUID]:
    ids = PaymentPart.objects.filter(
        shop_id__in={key[0] for key in keys}, order_id__in=[key[1] for key in keys]
    ).values_list("payment_id", flat=True)
    return list(
        Payment.objects.filter(id__in=list(ids), state__in=["succeeded", "refunded"]).values_list(
            "id", flat=True
        )
    )


def _supply(lines: Sequence[OrderLine]) -> dict[UUID, tuple[UUID, Sku]]:
    """By SKU sold: the supplier's shop and its SKU, where the goods are a supplier's."""
    skus = Sku.objects.in_bulk({line.sku_id for line in lines})
    copies = {key: sku for key, sku in skus.items() if sku.stock_shop_id != sku.shop_id}
    originals = Sku.objects.in_bulk({sku.stock_sku_id for sku in copies.values()})
    return {
        key: (sku.stock_shop_id, originals[sku.stock_sku_id])
        for key, sku in copies.items()
        if sku.stock_sku_id in originals
    }


def _sale(
    order: Order,
    lines: Sequence[OrderLine],
    borne: Mapping[str, int],
    supply: Mapping[UUID, tuple[UUID, Sku]],
) -> Sale | None:
    merchant = parties.shop(order.shop_id)
    if order.paid_at is None:
        # The deposit of a pre-sale whose balance never came is the merchant's.
        if order.state != "closed" or order.paid_minor <= 0:
            return None
        return Sale(
            merchant=merchant,
            currency=order.currency,
            lines=(SaleLine(order.paid_minor),),
            source=order.source,
            integration=order.integration,
        )
    named = sum(borne.values())
    shared = dict(borne)
    if order.discount_minor > named:
        shared["merchant"] = shared.get("merchant", 0) + order.discount_minor - named
    sold = []
    for line in lines:
        supplier, asked = None, 0
        if line.sku_id in supply:
            shop_id, sku = supply[line.sku_id]
            supplier = parties.shop(shop_id)
            asked = sku_price(sku, order.paid_at) * line.quantity
        sold.append(
            SaleLine(
                goods_minor=line.unit_price_minor * line.quantity,
                discount_minor=line.discount_minor,
                commission_bps=line.commission_bps,
                supplier=supplier,
                supply_minor=asked,
                line_no=line.line_no,
            )
        )
    goods = sum(line.goods_minor for line in sold)
    return Sale(
        merchant=merchant,
        currency=order.currency,
        lines=tuple(sold),
        creator=parties.creator(order.creator_id) if order.creator_id else None,
        freight_minor=order.amount_minor + order.discount_minor - goods,
        borne=shared,
        source=order.source,
        integration=order.integration,
    )


def read_conversions(ids: Sequence[UUID]) -> list[tuple[Conversion, str | None]]:
    """Conversions that the platform earned the commission of, each with the party of the creator
    whose click led to it. What a shop's own account earned never came here to be parted."""
    mine = Conversion.objects.filter(id__in=ids, earner_id__isnull=True)
    rows = list(mine.order_by("id"))
    clicks = Click.objects.filter(id__in=[row.click_id for row in rows if row.click_id])
    creators = dict(clicks.values_list("id", "creator_id"))
    return [(row, _credited(row, creators)) for row in rows]


def _credited(row: Conversion, creators: Mapping[UUID, UUID | None]) -> str | None:
    """Whoever led the buyer there; nobody once the time in which that counts was over."""
    creator_id = creators.get(row.click_id) if row.click_id else None
    return parties.creator(creator_id) if creator_id and row.in_window else None

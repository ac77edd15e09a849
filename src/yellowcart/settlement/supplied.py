"""What a supplier says that it is not to be paid for, noted for the order's bill to follow."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from yellowcart.core.clock import now
from yellowcart.settlement import parties
from yellowcart.settlement.models import SupplierWord, Waiting


@transaction.atomic
def do_note_supplier(
    *,
    shop_id: UUID,
    order_id: UUID,
    supplier_id: UUID,
    refunded_minor: int,
    pieces: Mapping[int, int],
) -> None:
    """A supplier's latest word about an order: what it gave back in all, in minor units, and which
    pieces of which line it will not send. The same word again changes nothing."""
    SupplierWord.objects.update_or_create(
        shop_id=shop_id,
        order_id=order_id,
        party=parties.shop(supplier_id),
        defaults={
            "refunded_minor": refunded_minor,
            "pieces": {str(no): count for no, count in sorted(pieces.items()) if count},
            "said_at": now(),
        },
    )
    Waiting.objects.create(kind="order", shop_id=shop_id, subject_id=order_id)

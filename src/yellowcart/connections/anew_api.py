"""Reading one product of a store anew, over HTTP."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from yellowcart.connections import anew
from yellowcart.people.access import access_person

router = Router()


class AnewOut(Schema):
    """Which store is asked for which product."""

    connection_id: UUID
    product_id: UUID


@router.post("/{uuid:product_id}/read", response={202: AnewOut})
def read_anew(request: HttpRequest, product_id: UUID) -> Status[AnewOut]:
    """Have a product read anew from its store, in a moment. What the shop's people edited stays."""
    row = anew.do_read_anew(actor=access_person(request.user), product_id=product_id)
    return Status(202, AnewOut(connection_id=row.id, product_id=product_id))

"""Pictures that the parties of a case show."""

import hashlib
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales.images import MOST_PICTURES, check_picture
from yellowcart.aftersales.models import Picture
from yellowcart.aftersales.queries import access_case
from yellowcart.aftersales.states import ENDS
from yellowcart.aftersales.steps import lock_case, note
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.orders.states import Party
from yellowcart.people.models import Account


@transaction.atomic
def do_add_picture(*, actor: Account, case_id: UUID, data: bytes) -> Picture:
    """Show a picture in an open case; the same picture again is the same.

    Its type is told by its bytes, whatever its name says. Problems: ``case_not_found``,
    ``shop_forbidden``, ``case_state``, ``picture_too_large``, ``picture_unknown``,
    ``pictures_too_many``.
    """
    seen = access_case(actor, case_id)
    party = min(seen.parties, key=list(Party).index)
    if party == Party.SELLER and not seen.may("refund"):
        raise Problem(
            "shop_forbidden",
            403,
            _("Your role in this shop doesn't allow this. Ask the shop's owner."),
        )
    found = check_picture(data)
    case, _order = lock_case(seen.case)
    if case.state in ENDS:
        raise Problem("case_state", 409, _("This case is over; nothing can be added to it."))
    mine = Picture.objects.filter(shop_id=case.shop_id, case_id=case.id)
    digest = hashlib.sha256(data).hexdigest()
    known = mine.filter(digest=digest).first()
    if known is not None:
        return known
    if mine.filter(party=party.value).count() >= MOST_PICTURES:
        raise Problem(
            "pictures_too_many",
            409,
            _("At most %(most)s pictures can be added by each side."),
            params={"most": MOST_PICTURES},
        )
    picture = Picture.objects.create(
        id=new_id(),
        shop_id=case.shop_id,
        case_id=case.id,
        party=party.value,
        actor_id=actor.id,
        content_type=found,
        size=len(data),
        digest=digest,
        content=data,
        added_at=now(),
    )
    note(case, "show", {party}, actor_id=actor.id, detail={"picture_id": str(picture.id)})
    return picture

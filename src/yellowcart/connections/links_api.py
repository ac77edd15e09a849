"""Whether sales through a product's link pay, over HTTP."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from yellowcart.catalog.queries import access_product
from yellowcart.connections import links
from yellowcart.connections.channels_api import said
from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped

router = Router()


class PayingLinkOut(Schema):
    """What became of a product's link, in ``words`` and as a ``state``.

    ``made``: buyers leave through ``url``, good until ``valid_until``, and sales pay ``account``,
    the shop's ``own`` or the ``platform``'s; ``code`` is a share code that pays as well.
    ``waiting`` to be made; ``later``: tried in vain, again at ``next_try_at``; ``resting``: the
    account does not work now; ``outside`` the alliance; ``refused`` by the source in ``problem``'s
    words; ``unreadable``: ``hint`` says what to paste instead; ``unconnected``: there is no
    account. ``leads``: whether buyers are led anywhere by now.
    """

    product_id: UUID
    state: str
    words: str
    hint: str
    account: str
    leads: bool
    url: str
    code: str
    valid_until: datetime | None
    next_try_at: datetime | None
    problem: str


@router.get("/{uuid:product_id}", auth=scoped("products:read"), response=PayingLinkOut)
def paying_link(request: HttpRequest, product_id: UUID) -> PayingLinkOut:
    """Whether sales through a product's link pay, and why not.

    ``link_unpaid`` where the product is no link, or its source makes none that pay.
    """
    product = access_product(access_person(request.user), product_id, "view")
    found = links.outlook_of(product)
    if found is None:
        raise links.no_such_links()
    link = found.link
    is_made = found.state == "made" and link is not None
    return PayingLinkOut(
        product_id=product.id,
        state=found.state,
        words=str(links.WORDS[found.state]),
        hint=str(found.hint),
        account=found.account,
        leads=found.leads,
        url=link.url if link and is_made else "",
        code=link.code if link and is_made else "",
        valid_until=link.valid_until if link and is_made else None,
        next_try_at=link.due_at if link and not is_made else None,
        problem=said(link.last_error) if link else "",
    )

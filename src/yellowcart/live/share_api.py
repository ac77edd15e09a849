"""Share codes over HTTP."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from yellowcart.live import problems, shares
from yellowcart.live.sharecodes import share_code_in
from yellowcart.live.tooltables import ShareCode
from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped

router = Router()


class ShareIn(Schema):
    """A listing of the room, or null for the room itself."""

    listing_id: UUID | None = None


class ShareOut(Schema):
    """A code, the address it has, and the text to hand on."""

    code: str
    url: str
    poster_url: str
    text: str
    opens: int


class SharedOut(Schema):
    """Somebody's code and how often it was opened."""

    code: str
    by: str
    listing_id: UUID | None
    opens: int


class TextIn(Schema):
    """Anything that somebody pasted."""

    text: str


class FoundOut(Schema):
    """Where a code leads."""

    code: str
    room_id: UUID
    listing_id: UUID | None


@router.post(
    "/{uuid:room_id}/share", auth=scoped("rooms:write"), response=ShareOut, summary="A share code"
)
def share(request: HttpRequest, room_id: UUID, body: ShareIn) -> ShareOut:
    """One's own for this room or listing; the same again where there is one."""
    return out(request, shares.do_share(access_person(request.user), room_id, body.listing_id))


@router.get(
    "/{uuid:room_id}/shares",
    auth=scoped("rooms:read"),
    response=list[SharedOut],
    summary="A room's share codes",
)
def listed(request: HttpRequest, room_id: UUID) -> list[SharedOut]:
    """For whoever runs the room: who shared it, and how often that was opened."""
    rows = shares.shares_of(access_person(request.user), room_id)
    return [
        SharedOut(
            code=row.code, by=row.made_by.display_name, listing_id=row.listing_id, opens=row.opens
        )
        for row in rows
    ]


@router.post("/shares/resolve", response=FoundOut, auth=None, summary="What a pasted text opens")
def resolve(request: HttpRequest, body: TextIn) -> FoundOut:
    """Finds a code of ours in a text; counts nothing."""
    code = share_code_in(body.text, {request.get_host().partition(":")[0]})
    if code is None:
        raise problems.share_not_found()
    row = shares.find_share(code)
    return FoundOut(code=row.code, room_id=row.room_id, listing_id=row.listing_id)


def out(request: HttpRequest, row: ShareCode) -> ShareOut:
    """A code as it is answered."""
    url = request.build_absolute_uri(f"/s/{row.code}/")
    product = shares.product_of(row)
    return ShareOut(
        code=row.code,
        url=url,
        poster_url=f"{url}poster/",
        text=shares.share_text(row, url, product["title"] if product else None),
        opens=row.opens,
    )

"""After-sales over HTTP: buyers ask, shops answer, operators decide."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Status
from ninja.files import UploadedFile

from yellowcart.aftersales import actions, deciding, evidence, goods, protecting, queries, schemas
from yellowcart.aftersales.asking import asking
from yellowcart.aftersales.images import LARGEST, check_picture
from yellowcart.orders.queries import access_order
from yellowcart.people.access import access_operator, access_person
from yellowcart.people.models import Account
from yellowcart.people.tokens import scoped

router = Router()


def _whole(account: Account, case_id: UUID) -> dict[str, Any]:
    return schemas.whole_out(queries.whole_case(queries.access_case(account, case_id)))


# Lists


@router.get("", response=schemas.PageOut, by_alias=False, summary="My cases")
def my_cases(request: HttpRequest, cursor: str = "", limit: int = queries.PAGE) -> dict[str, Any]:
    """What the caller asked for, latest first."""
    account = access_person(request.user)
    return schemas.page_out(queries.cases_of_buyer(account, cursor=cursor, limit=limit))


@router.get(
    "/of-shop/{shop}",
    auth=scoped("aftersales:read"),
    response=schemas.PageOut,
    by_alias=False,
    summary="A shop's cases",
)
def shop_cases(
    request: HttpRequest, shop: str, state: str = "", cursor: str = "", limit: int = queries.PAGE
) -> dict[str, Any]:
    """What a shop was asked for; of an open ``state`` the longest waiting first."""
    account = access_person(request.user)
    return schemas.page_out(
        queries.cases_of_shop(account, shop, state=state, cursor=cursor, limit=limit)
    )


@router.get(
    "/of-shop/{shop}/board",
    auth=scoped("aftersales:read"),
    response=schemas.BoardOut,
    summary="What waits in a shop",
)
def board(request: HttpRequest, shop: str) -> queries.Board:
    """Orders to send and overdue, cases to answer, returns to receive; for members."""
    return queries.board_of_shop(access_person(request.user), shop)


@router.get(
    "/interventions",
    auth=scoped("aftersales:read"),
    response=schemas.PageOut,
    by_alias=False,
    summary="What operators decide",
)
def interventions(
    request: HttpRequest, cursor: str = "", limit: int = queries.PAGE
) -> dict[str, Any]:
    """What the platform is to decide, the longest waiting first. Operators only."""
    account = access_operator(request.user)
    return schemas.page_out(queries.interventions(account, cursor=cursor, limit=limit))


# The buyer


@router.get(
    "/of-order/{uuid:order_id}",
    auth=scoped("aftersales:read"),
    response=schemas.AskingOut,
    by_alias=False,
    summary="What may be asked about an order",
)
def of_order(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    """Line by line what may be asked now, for how much, and the order's cases."""
    return schemas.asking_out(asking(access_order(access_person(request.user), order_id)))


@router.post(
    "/of-order/{uuid:order_id}",
    response={201: schemas.WholeOut},
    by_alias=False,
    summary="Ask for a refund, a return or an exchange",
)
def ask(request: HttpRequest, order_id: UUID, body: schemas.AskIn) -> Status[dict[str, Any]]:
    """The buyer asks. What was not sent and is cheap enough is refunded at once."""
    account = access_person(request.user)
    case = actions.do_open(
        actor=account,
        order_id=order_id,
        kind=body.kind,
        reason=body.reason,
        lines=body.asked(),
        words=body.words,
        is_intact=body.is_intact,
    )
    return Status(201, _whole(account, case.id))


@router.post(
    "/of-order/{uuid:order_id}/price-protection",
    response={201: schemas.WholeOut},
    by_alias=False,
    summary="Ask for the difference of a fallen price",
)
def protect_price(request: HttpRequest, order_id: UUID) -> Status[dict[str, Any]]:
    """Granted at once where a price is protected and lower now."""
    account = access_person(request.user)
    case = protecting.do_protect_price(actor=account, order_id=order_id)
    return Status(201, _whole(account, case.id))


@router.get(
    "/{uuid:case_id}",
    auth=scoped("aftersales:read"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="One case",
)
def one_case(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """A case with its history, for its parties."""
    return _whole(access_person(request.user), case_id)


@router.post(
    "/{uuid:case_id}/change", response=schemas.WholeOut, by_alias=False, summary="Ask for else"
)
def change(request: HttpRequest, case_id: UUID, body: schemas.AskIn) -> dict[str, Any]:
    """The buyer asks for something else."""
    account = access_person(request.user)
    actions.do_change(
        actor=account,
        case_id=case_id,
        kind=body.kind,
        reason=body.reason,
        lines=body.asked(),
        words=body.words,
        is_intact=body.is_intact,
    )
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/withdraw", response=schemas.WholeOut, by_alias=False, summary="Withdraw"
)
def withdraw(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """The buyer asks for nothing any more."""
    account = access_person(request.user)
    actions.do_withdraw(actor=account, case_id=case_id)
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/intervention",
    response=schemas.WholeOut,
    by_alias=False,
    summary="Let the platform decide",
)
def ask_platform(request: HttpRequest, case_id: UUID, body: schemas.WordsIn) -> dict[str, Any]:
    """The buyer does not accept the shop's refusal."""
    account = access_person(request.user)
    actions.do_ask_platform(actor=account, case_id=case_id, words=body.words)
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/return", response=schemas.WholeOut, by_alias=False, summary="Sent back"
)
def send_back(request: HttpRequest, case_id: UUID, body: schemas.ParcelIn) -> dict[str, Any]:
    """The buyer handed the goods over to a carrier."""
    account = access_person(request.user)
    actions.do_send_back(
        actor=account, case_id=case_id, carrier=body.carrier, tracking_no=body.tracking_no
    )
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/replacement/receipt",
    response=schemas.WholeOut,
    by_alias=False,
    summary="The replacement is here",
)
def receive_replacement(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """The buyer has the replacement."""
    account = access_person(request.user)
    actions.do_receive_replacement(actor=account, case_id=case_id)
    return _whole(account, case_id)


# The shop


@router.post(
    "/of-order/{uuid:order_id}/given",
    auth=scoped("aftersales:write"),
    response={201: schemas.WholeOut},
    by_alias=False,
    summary="Give money back without being asked",
)
def give(request: HttpRequest, order_id: UUID, body: schemas.GiveIn) -> Status[dict[str, Any]]:
    """The shop can't send something, or makes up for something; the money goes back at once."""
    account = access_person(request.user)
    case = actions.do_give(
        actor=account, order_id=order_id, reason=body.reason, lines=body.asked(), words=body.words
    )
    return Status(201, _whole(account, case.id))


@router.post(
    "/{uuid:case_id}/agree",
    auth=scoped("aftersales:write"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="Agree",
)
def agree(request: HttpRequest, case_id: UUID, body: schemas.AgreeIn) -> dict[str, Any]:
    """The shop agrees: the money goes back, or the goods first."""
    account = access_person(request.user)
    actions.do_agree(actor=account, case_id=case_id, return_to=body.return_to, words=body.words)
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/refuse",
    auth=scoped("aftersales:write"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="Refuse",
)
def refuse(request: HttpRequest, case_id: UUID, body: schemas.WordsIn) -> dict[str, Any]:
    """The shop refuses, and says why."""
    account = access_person(request.user)
    actions.do_refuse(actor=account, case_id=case_id, words=body.words)
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/return/receipt",
    auth=scoped("aftersales:write"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="The goods are back",
)
def take_back(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """The shop has the goods: the money goes back, or a replacement is to be sent."""
    account = access_person(request.user)
    actions.do_take_back(actor=account, case_id=case_id)
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/return/dispute",
    auth=scoped("aftersales:write"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="Something else came back",
)
def dispute_return(request: HttpRequest, case_id: UUID, body: schemas.WordsIn) -> dict[str, Any]:
    """What came back is not what was sent: the platform decides."""
    account = access_person(request.user)
    actions.do_dispute_return(actor=account, case_id=case_id, words=body.words)
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/replacement",
    auth=scoped("aftersales:write"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="Send a replacement",
)
def replace(request: HttpRequest, case_id: UUID, body: schemas.ParcelIn) -> dict[str, Any]:
    """Other pieces of the same goods leave the warehouse."""
    account = access_person(request.user)
    goods.do_replace(
        actor=account, case_id=case_id, carrier=body.carrier, tracking_no=body.tracking_no
    )
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/replacement/refund",
    auth=scoped("aftersales:write"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="Give the money back instead",
)
def refund_instead(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """The shop has nothing to replace it with."""
    account = access_person(request.user)
    actions.do_refund_instead(actor=account, case_id=case_id)
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/restock",
    auth=scoped("aftersales:write"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="Back on shelves",
)
def restock(request: HttpRequest, case_id: UUID, body: schemas.RestockIn) -> dict[str, Any]:
    """What came back goes onto the shelves."""
    account = access_person(request.user)
    goods.do_restock(actor=account, case_id=case_id, pieces=body.pieces)
    return _whole(account, case_id)


# Operators


@router.post(
    "/{uuid:case_id}/step-in",
    auth=scoped("aftersales:write"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="Step in",
)
def step_in(request: HttpRequest, case_id: UUID, body: schemas.WordsIn) -> dict[str, Any]:
    """An operator takes the case over."""
    account = access_operator(request.user)
    deciding.do_step_in(actor=account, case_id=case_id, words=body.words)
    return _whole(account, case_id)


@router.post(
    "/{uuid:case_id}/decision",
    auth=scoped("aftersales:write"),
    response=schemas.WholeOut,
    by_alias=False,
    summary="Decide",
)
def decide(request: HttpRequest, case_id: UUID, body: schemas.DecideIn) -> dict[str, Any]:
    """An operator decides, with words for both sides."""
    account = access_operator(request.user)
    deciding.do_decide(
        actor=account,
        case_id=case_id,
        decision=body.decision,
        words=body.words,
        amount_minor=body.amount,
        return_to=body.return_to,
    )
    return _whole(account, case_id)


# Pictures


@router.post(
    "/{uuid:case_id}/pictures",
    auth=scoped("aftersales:write"),
    response={201: schemas.WholeOut},
    by_alias=False,
    summary="Show a picture",
)
def add_picture(
    request: HttpRequest, case_id: UUID, file: File[UploadedFile]
) -> Status[dict[str, Any]]:
    """JPEG, PNG or WebP, told by the bytes; for the parties of the case only."""
    account = access_person(request.user)
    queries.access_case(account, case_id)
    # One byte more than allowed is enough to know that it is too large.
    data = file.read(LARGEST + 1)
    check_picture(data)
    evidence.do_add_picture(actor=account, case_id=case_id, data=data)
    return Status(201, _whole(account, case_id))


@router.get(
    "/{uuid:case_id}/pictures/{uuid:picture_id}",
    auth=scoped("aftersales:read"),
    summary="A picture",
)
def picture(request: HttpRequest, case_id: UUID, picture_id: UUID) -> HttpResponse:
    """The bytes, for the parties of the case; a browser shows them and does nothing else."""
    seen = queries.access_case(access_person(request.user), case_id)
    found = queries.picture_of(seen, picture_id)
    ending = found.content_type.removeprefix("image/")
    return HttpResponse(
        bytes(found.content),
        content_type=found.content_type,
        headers={
            "Content-Disposition": f'inline; filename="{found.id}.{ending}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=3600",
        },
    )

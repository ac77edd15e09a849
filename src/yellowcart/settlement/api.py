"""Settlement over HTTP: statements, what is to come, withdrawals, deposits and contracts.

``party`` says whose money: ``me`` (the caller as a creator), ``shop:<id or handle>``,
``creator:<id>``, ``mcn:<id>``, ``service:<id>`` or ``platform``. Amounts are minor units, positive
where the party has them.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from yellowcart.core.clock import now
from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.problems import Problem
from yellowcart.people.access import access_operator, access_person
from yellowcart.people.tokens import scoped
from yellowcart.settlement import contracts, deposits, incoming, queries, withdrawals
from yellowcart.settlement.access import access_party
from yellowcart.settlement.exporting import statement_csv
from yellowcart.settlement.queries import ShareLine, StatementLine
from yellowcart.settlement.rules import ContractBase, ContractKind

router = Router()

Party = Annotated[str, Query(description="Whose money: me, shop:…, creator:…, mcn:…, platform")]
Currency = Annotated[str, Query(pattern="^[A-Z]{3}$")]
CURRENCY = "CNY"
USUAL_DAYS = 30


class ShareOut(Schema):
    """A share of one sale; see ``docs/money.md`` for its parts."""

    subject_id: UUID
    kind: str
    shop_id: UUID
    source: str
    role: str
    parts: dict[str, int]
    amount: int
    returned: int
    adjusted: int
    net: int
    fee_rule: str
    fee_summary: str
    contract_id: UUID | None
    state: str
    reason: str
    sold_at: datetime
    due_at: datetime | None
    settled_at: datetime | None


class LineOut(Schema):
    """One movement; ``balance`` is what there was after it."""

    at: datetime
    kind: str
    amount: int
    balance: int
    reference: str
    reason: str
    share: ShareOut | None


class StatementOut(Schema):
    """A page of a statement. The balances are those of the whole period."""

    party: str
    currency: str
    start: datetime
    until: datetime
    opening: int
    closing: int
    totals: dict[str, int]
    items: list[LineOut]
    next_cursor: str | None


class UpcomingOut(Schema):
    """Shares that are not settled yet."""

    items: list[ShareOut]
    next_cursor: str | None


class LimitsOut(Schema):
    """Limits of withdrawals, and the hour before which one is sent the same day."""

    least: int = Field(alias="least_minor")
    most: int = Field(alias="most_minor")
    day_most: int = Field(alias="day_most_minor")
    day_count: int
    cutoff_hour: int


class OverviewOut(Schema):
    """What a party has now."""

    party: str
    currency: str
    held: int = Field(alias="held_minor")
    payable: int = Field(alias="payable_minor")
    owed: int = Field(alias="owed_minor")
    payout: int = Field(alias="payout_minor")
    earned: int = Field(alias="earned_minor")
    deposit: int = Field(alias="deposit_minor")
    deposit_required: int = Field(alias="deposit_required_minor")
    next_due_at: datetime | None
    limits: LimitsOut | None


class WithdrawalIn(Schema):
    """How much of whose money; the same key again is the same withdrawal."""

    party: str
    currency: str = Field(CURRENCY, pattern="^[A-Z]{3}$")
    amount: int = Field(gt=0)
    idempotency_key: str = Field(min_length=1, max_length=100)


class WithdrawalOut(Schema):
    """A withdrawal: ``requested``, ``sent``, ``done`` or ``failed``."""

    withdrawal_id: UUID = Field(alias="id")
    party: str
    currency: str
    amount: int = Field(alias="amount_minor")
    state: str
    requested_at: datetime
    send_at: datetime
    ended_at: datetime | None
    failure: str


class WithdrawalsOut(Schema):
    """Withdrawals, newest first."""

    items: list[WithdrawalOut]
    next_cursor: str | None


class OutcomeIn(Schema):
    """What the bank said: its number, or why it failed."""

    is_paid: bool
    words: str = Field(min_length=1, max_length=200)


class DepositIn(Schema):
    """How much goes into the deposit."""

    party: str
    currency: str = Field(CURRENCY, pattern="^[A-Z]{3}$")
    amount: int = Field(gt=0)


class DepositFromOutsideIn(DepositIn):
    """A deposit that came from outside: where it lies, and that side's own number."""

    provider: str = Field(pattern=r"^[a-z0-9_-]{1,20}$")
    reference: str = Field(min_length=1, max_length=60)


class DepositOut(Schema):
    """What must lie, and what lies."""

    required: int = Field(alias="required_minor")
    lying: int = Field(alias="lying_minor")
    missing: int = Field(alias="missing_minor")


class SourcePaymentIn(Schema):
    """What another platform paid, where it lies, and that side's own number."""

    source: str
    currency: str = Field(CURRENCY, pattern="^[A-Z]{3}$")
    amount: int = Field(gt=0)
    provider: str = Field(pattern=r"^[a-z0-9_-]{1,20}$")
    reference: str = Field(min_length=1, max_length=60)


class SourcePaymentOut(Schema):
    """What the other platform still owes."""

    owed: int


class ReturnIn(Schema):
    """Whose deposit goes back."""

    party: str
    currency: str = Field(CURRENCY, pattern="^[A-Z]{3}$")


class ReturnOut(Schema):
    """What was given back."""

    returned: int


class ContractIn(Schema):
    """Terms between two parties; ``contract_id`` writes the next revision of one."""

    contract_id: UUID | None = None
    payer: str
    payee: str
    kind: ContractKind
    base: ContractBase
    rate_bps: int = Field(gt=0, le=10_000)
    effective_from: AwareDatetime
    effective_until: AwareDatetime | None = None
    withdrawn: bool = False
    note: str = Field("", max_length=200)


class ContractOut(Schema):
    """Terms as they stand."""

    contract_id: UUID
    revision: int
    payer: str
    payee: str
    kind: str
    base: str
    rate_bps: int
    effective_from: datetime
    effective_until: datetime | None
    withdrawn: bool
    note: str


def _share(one: ShareLine) -> dict[str, Any]:
    summary = one.fee_summary.in_language(get_language() or "en") if one.fee_summary else ""
    return {
        **asdict(one),
        "amount": one.amount_minor,
        "returned": one.returned_minor,
        "adjusted": one.adjusted_minor,
        "net": one.net_minor,
        "fee_summary": summary,
    }


def _line(one: StatementLine) -> dict[str, Any]:
    return {
        "at": one.at,
        "kind": one.kind,
        "amount": one.amount_minor,
        "balance": one.balance_minor,
        "reference": one.reference,
        "reason": one.reason,
        "share": _share(one.share) if one.share else None,
    }


def read_period(start: str, until: str) -> tuple[datetime, datetime]:
    """``[start, until)`` of a statement: the last 30 days where nothing is said.

    Days are the platform's. :class:`Problem` 422 ``period_bad``.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    try:
        ends = parse_instant(until, zone) if until else now()
        begins = parse_instant(start, zone) if start else ends - timedelta(days=USUAL_DAYS)
    except InstantError as error:
        raise Problem(
            "period_bad", 422, _("Write from and to as instants, such as 2026-03-01.")
        ) from error
    if begins > ends:
        raise Problem("period_bad", 422, _("Write from and to as instants, such as 2026-03-01."))
    return begins, ends


@router.get(
    "/overview",
    auth=scoped("settlement:read"),
    response=OverviewOut,
    by_alias=False,
    summary="What a party has now",
)
def overview(request: HttpRequest, party: Party = "me", currency: Currency = CURRENCY) -> Any:
    """Held, payable, owed, under way, and the deposit."""
    mine = access_party(access_person(request.user), party)
    return queries.overview(mine, currency)


@router.get(
    "/statement",
    auth=scoped("settlement:read"),
    response=StatementOut,
    summary="A party's statement",
)
def statement(
    request: HttpRequest,
    party: Party = "me",
    currency: Currency = CURRENCY,
    start: Annotated[str, Query(alias="from")] = "",
    until: Annotated[str, Query(alias="to")] = "",
    cursor: str = "",
    limit: int = queries.PAGE,
) -> dict[str, Any]:
    """Movements of a period, the oldest first, with the balances before and after it."""
    mine = access_party(access_person(request.user), party)
    begins, ends = read_period(start, until)
    found = queries.statement(mine, currency, begins, ends, cursor=cursor, limit=limit)
    return {
        "party": found.party,
        "currency": found.currency,
        "start": found.start,
        "until": found.until,
        "opening": found.opening_minor,
        "closing": found.closing_minor,
        "totals": found.totals,
        "items": [_line(one) for one in found.lines],
        "next_cursor": found.next_cursor,
    }


@router.get("/statement.csv", auth=scoped("settlement:read"), summary="A party's statement as CSV")
def statement_file(
    request: HttpRequest,
    party: Party = "me",
    currency: Currency = CURRENCY,
    start: Annotated[str, Query(alias="from")] = "",
    until: Annotated[str, Query(alias="to")] = "",
) -> StreamingHttpResponse:
    """Every movement of a period, written while it is read."""
    mine = access_party(access_person(request.user), party)
    begins, ends = read_period(start, until)
    response = StreamingHttpResponse(
        statement_csv(mine, currency, begins, ends, get_language() or "en"),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="statement-{currency}.csv"'
    return response


@router.get(
    "/upcoming",
    auth=scoped("settlement:read"),
    response=UpcomingOut,
    summary="What is still to be settled",
)
def upcoming(
    request: HttpRequest,
    party: Party = "me",
    currency: Currency = CURRENCY,
    cursor: str = "",
    limit: int = queries.PAGE,
) -> dict[str, Any]:
    """Shares that wait for their receipt or their day, or are held, and why."""
    mine = access_party(access_person(request.user), party)
    found = queries.upcoming(mine, currency, cursor=cursor, limit=limit)
    return {"items": [_share(one) for one in found.lines], "next_cursor": found.next_cursor}


@router.get(
    "/withdrawals",
    auth=scoped("settlement:read"),
    response=WithdrawalsOut,
    by_alias=False,
    summary="Withdrawals",
)
def list_withdrawals(
    request: HttpRequest,
    party: Party = "me",
    currency: Currency = CURRENCY,
    cursor: str = "",
    limit: int = queries.PAGE,
) -> dict[str, Any]:
    """What a party took out, newest first."""
    mine = access_party(access_person(request.user), party)
    found = queries.withdrawals(mine, currency, cursor=cursor, limit=limit)
    return {"items": found.rows, "next_cursor": found.next_cursor}


@router.post(
    "/withdrawals", response={201: WithdrawalOut}, by_alias=False, summary="Take money out"
)
def withdraw(request: HttpRequest, body: WithdrawalIn) -> Status[Any]:
    """Ask for money to be paid out; for a shop's owner, or the person whose money it is."""
    row = withdrawals.do_request(
        actor=access_person(request.user),
        party=body.party,
        currency=body.currency,
        amount_minor=body.amount,
        idempotency_key=body.idempotency_key,
    )
    return Status(201, row)


@router.get(
    "/withdrawals/to-pay", response=list[WithdrawalOut], by_alias=False, summary="To pay by hand"
)
def withdrawals_to_pay(request: HttpRequest) -> Any:
    """Withdrawals that wait for an operator, the oldest first."""
    access_operator(request.user)
    return queries.withdrawals_to_pay()


@router.post(
    "/withdrawals/{uuid:withdrawal_id}/outcome",
    response=WithdrawalOut,
    by_alias=False,
    summary="Paid by hand, or not",
)
def end_withdrawal(request: HttpRequest, withdrawal_id: UUID, body: OutcomeIn) -> Any:
    """An operator says what the bank said."""
    actor = access_operator(request.user)
    return withdrawals.do_end_by_hand(
        actor=actor, withdrawal_id=withdrawal_id, is_paid=body.is_paid, words=body.words
    )


@router.post("/deposit", response=DepositOut, by_alias=False, summary="Pay into the deposit")
def pay_deposit(request: HttpRequest, body: DepositIn) -> Any:
    """Out of what could be withdrawn."""
    return deposits.do_pay_in(
        actor=access_person(request.user),
        party=body.party,
        currency=body.currency,
        amount_minor=body.amount,
    )


@router.post(
    "/deposit/from-outside", response=DepositOut, by_alias=False, summary="Record a deposit"
)
def record_deposit(request: HttpRequest, body: DepositFromOutsideIn) -> Any:
    """An operator records a deposit that came from outside."""
    return deposits.do_record_paid_in(
        actor=access_operator(request.user),
        party=body.party,
        currency=body.currency,
        amount_minor=body.amount,
        provider=body.provider,
        reference=body.reference,
    )


@router.post("/deposit/return", response=ReturnOut, summary="Get the deposit back")
def return_deposit(request: HttpRequest, body: ReturnIn) -> dict[str, int]:
    """For the owner of a closed shop with nothing left to settle."""
    actor = access_person(request.user)
    returned = deposits.do_return(actor=actor, party=body.party, currency=body.currency)
    return {"returned": returned}


@router.post(
    "/source-payments", response=SourcePaymentOut, summary="Another platform paid what it owes"
)
def record_source_payment(request: HttpRequest, body: SourcePaymentIn) -> dict[str, int]:
    """An operator records what came from another platform for sales of its own."""
    owed = incoming.do_record_source_payment(
        actor=access_operator(request.user),
        source=body.source,
        currency=body.currency,
        amount_minor=body.amount,
        provider=body.provider,
        reference=body.reference,
    )
    return {"owed": owed}


@router.get(
    "/contracts",
    auth=scoped("settlement:read"),
    response=list[ContractOut],
    summary="Contracts of a party",
)
def list_contracts(request: HttpRequest, party: Party = "me") -> Any:
    """What a party pays and is paid by contract, as it stands."""
    return contracts.of_party(access_party(access_person(request.user), party))


@router.post("/contracts", response={201: ContractOut}, summary="Write a contract")
def write_contract(request: HttpRequest, body: ContractIn) -> Status[Any]:
    """An operator writes a contract, or its next revision."""
    written = contracts.TermsWritten(**body.dict(exclude={"contract_id"}))
    row = contracts.do_write(
        actor=access_operator(request.user), written=written, contract_id=body.contract_id
    )
    return Status(201, row)

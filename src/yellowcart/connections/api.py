"""Connections over HTTP: connect a store, look after it, list its goods; and its webhooks."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from yellowcart.catalog.copies import PriceRule
from yellowcart.catalog.fitting import Renames
from yellowcart.catalog.supply import check_supplier
from yellowcart.connections import (
    actions,
    health,
    listing,
    messages,
    pictures,
    queries,
    telling,
)
from yellowcart.connections.anew_api import router as of_products
from yellowcart.connections.channels_api import router as copies
from yellowcart.connections.channels_api import said
from yellowcart.connections.links_api import router as paying_links
from yellowcart.connections.models import Change, Connection, ListingRun
from yellowcart.connections.rules import learns
from yellowcart.core.problems import Problem
from yellowcart.people.access import access_person
from yellowcart.shops.queries import access_shop, get_shop
from yellowcart.sources.connector import Connector
from yellowcart.sources.registry import connector_of

router = Router()
router.add_router("/channel-copies", copies)
router.add_router("/products", of_products)
router.add_router("/links", paying_links)


class SettingOut(Schema):
    """One thing to type in."""

    name: str
    label: str
    help: str
    kind: str
    required: bool


class SourceOut(Schema):
    """A source whose stores can be connected, and what its connector can do."""

    source: str
    name: str
    can: list[str]
    settings: list[SettingOut]
    documentation: str


class ConnectIn(Schema):
    """A store to connect: its source, and what its connector asks for by name."""

    source: str = Field(max_length=40)
    settings: dict[str, str]
    currency: str = Field(default="", max_length=3)


class SettingsIn(Schema):
    """A store's settings by name."""

    settings: dict[str, str]


class FollowingOut(Schema):
    """How far a round of following is; ``total`` is null where the source does not say."""

    kind: str
    is_running: bool
    done: int
    total: int | None
    counts: dict[str, int]
    begun_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None


class ConnectionOut(Schema):
    """A connection. Secrets are shown by their last characters alone. ``for_platform``: links of
    every shop without an account of its own are made to pay for it."""

    id: UUID
    source: str
    name: str
    currency: str
    state: str
    settings: dict[str, str]
    supplier: str | None
    approves: bool
    for_platform: bool
    webhook_url: str
    breaker: str
    breaker_until: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_error: str
    following: list[FollowingOut]


class HealthOut(Schema):
    """The last hour of a connection, and what waits; times in milliseconds.

    ``stock_waiting`` variants are still to be told of sales made here, ``stock_retried`` of them
    were tried in vain; ``stock_told`` pieces the store has taken off for us in all. ``learns``:
    ``by_order`` where it takes the orders, ``by_change`` where it is told, else ``not``.
    ``pictures`` its goods name, of which we have a copy or could not have one; the rest waits.
    """

    health: str
    calls: int
    failed: int
    refused: int
    waited: int
    p95_ms: int | None
    messages_waiting: int
    orders_waiting: int
    orders_retried: int
    orders_returned: int
    learns: str
    stock_waiting: int
    stock_retried: int
    stock_told: int
    pictures: int
    pictures_kept: int
    pictures_failed: int
    errors: list[dict[str, Any]]


class ChangeOut(Schema):
    """What was refunded of an order that a supplier has, and whether it knows.

    ``kind``: ``cancel`` all of it before it was sent, ``reduce`` some of it, ``refund`` of what was
    sent; ``lost`` where nobody knows whether the supplier has the order. ``state``: ``waiting`` to
    be told, ``told``, ``todo`` by hand as ``by_hand`` says, or ``done``. ``pieces`` by line number;
    ``refunded_minor`` is what the buyer has back.
    """

    id: UUID
    order_id: UUID
    external_id: str
    kind: str
    state: str
    pieces: dict[str, int]
    refunded_minor: int
    currency: str
    attempts: int
    said: str
    by_hand: str
    created_at: datetime
    ended_at: datetime | None


class ConsentOut(Schema):
    """Where the owner says yes."""

    url: str


class PriceIn(Schema):
    """What copies cost: as the supplier asks, with a margin in basis points, or one price."""

    kind: Literal["follow", "margin", "fixed"] = "follow"
    margin_bps: int = 0
    fixed_minor: int = 0


class RunIn(Schema):
    """One click: a supplier's goods, all of them where no products are named.

    ``categories`` and ``options`` are the shop's words for the supplier's; see suggestions.
    """

    supplier: str
    products: list[UUID] | None = Field(default=None, max_length=listing.MOST_WANTED)
    price: PriceIn | None = None
    categories: dict[str, str] = Field(default_factory=dict, max_length=1_000)
    options: dict[str, str] = Field(default_factory=dict, max_length=1_000)


class SuggestionsOut(Schema):
    """By the supplier's word: the shop's, empty where none is near."""

    categories: dict[str, str]
    options: dict[str, str]


class RunOut(Schema):
    """How far a run is."""

    id: UUID
    state: str
    total: int
    done: int
    created: int
    changed: int
    unchanged: int
    missing: int
    in_review: int
    problem: str
    begun_at: datetime
    ended_at: datetime | None


def _source(connector: Connector) -> SourceOut:
    return SourceOut(
        source=connector.source,
        name=str(connector.name),
        can=sorted(connector.can),
        settings=[
            SettingOut(
                name=one.name,
                label=str(one.label),
                help=str(one.help),
                kind=one.kind,
                required=one.required,
            )
            for one in connector.settings
        ],
        documentation=connector.documentation,
    )


def _out(row: Connection) -> ConnectionOut:
    return ConnectionOut(
        id=row.id,
        source=row.source,
        name=row.name,
        currency=row.currency,
        state=row.state,
        settings=row.settings_shown,
        supplier=row.supplier.handle if row.supplier else None,
        approves=row.approves,
        for_platform=row.for_platform,
        webhook_url=actions.webhook_url(row.id),
        breaker=row.breaker,
        breaker_until=row.breaker_until,
        last_success_at=row.last_success_at,
        last_failure_at=row.last_failure_at,
        last_error=said(row.last_error),
        following=[
            FollowingOut(
                kind=one.kind,
                is_running=one.is_running,
                done=one.done,
                total=one.total,
                counts=one.counts,
                begun_at=one.begun_at,
                ended_at=one.ended_at,
                due_at=one.due_at,
            )
            for one in row.followings.order_by("kind")
        ],
    )


def _change(one: Change) -> ChangeOut:
    return ChangeOut(
        id=one.id,
        order_id=one.supply.order_id,
        external_id=one.supply.external_id,
        kind=one.kind,
        state=one.state,
        pieces=one.pieces,
        refunded_minor=one.refunded_minor,
        currency=one.connection.currency,
        attempts=one.attempts,
        said=said(one.last_error),
        by_hand=telling.by_hand(one) if one.state == "todo" else "",
        created_at=one.created_at,
        ended_at=one.ended_at,
    )


def _run(run: ListingRun) -> RunOut:
    return RunOut(
        id=run.id,
        state=run.state,
        total=run.total,
        done=run.done,
        created=run.created,
        changed=run.changed,
        unchanged=run.unchanged,
        missing=run.missing,
        in_review=run.in_review,
        problem=said(run.problem),
        begun_at=run.begun_at,
        ended_at=run.ended_at,
    )


@router.get("/sources", response=list[SourceOut])
def sources(request: HttpRequest) -> list[SourceOut]:
    """The sources whose stores can be connected, and what to type in for each."""
    access_person(request.user)
    return [_source(connector) for connector in queries.connectable()]


@router.get("/shop/{shop}", response=list[ConnectionOut])
def connections(request: HttpRequest, shop: str) -> list[ConnectionOut]:
    """A shop's connections."""
    found = access_shop(access_person(request.user), shop, "view")
    return [_out(row) for row in queries.connections_of(found.id)]


@router.post("/shop/{shop}", response={201: ConnectionOut})
def connect(request: HttpRequest, shop: str, wanted: ConnectIn) -> Status[ConnectionOut]:
    """Connect a store. It is asked who we are before anything is kept."""
    account = access_person(request.user)
    row = actions.do_connect(
        actor=account,
        shop=access_shop(account, shop, "shop"),
        source=wanted.source,
        typed=wanted.settings,
        currency=wanted.currency,
    )
    return Status(201, _out(row))


@router.post("/shop/{shop}/listing-runs", response={202: RunOut})
def begin_run(request: HttpRequest, shop: str, wanted: RunIn) -> Status[RunOut]:
    """List a supplier's goods in the background; look at the run for how far it is."""
    account = access_person(request.user)
    run = listing.do_begin_run(
        actor=account,
        shop=access_shop(account, shop, "goods"),
        supplier=get_shop(wanted.supplier),
        product_ids=wanted.products,
        price=PriceRule(**wanted.price.dict()) if wanted.price else None,
        renames=Renames(wanted.categories, wanted.options),
    )
    return Status(202, _run(run))


@router.get("/shop/{shop}/suggestions/{supplier}", response=SuggestionsOut)
def suggestions(request: HttpRequest, shop: str, supplier: str) -> SuggestionsOut:
    """The shop's words that a supplier's categories and options most likely mean."""
    found = access_shop(access_person(request.user), shop, "goods")
    other = get_shop(supplier)
    check_supplier(other, found)
    told = listing.suggestions_for(other, found)
    return SuggestionsOut(
        categories={one.theirs: one.ours for one in told.categories},
        options={one.theirs: one.ours for one in told.options},
    )


@router.get("/listing-runs/{uuid:run_id}", response=RunOut)
def one_run(request: HttpRequest, run_id: UUID) -> RunOut:
    """How far a run is."""
    return _run(listing.access_run(access_person(request.user), run_id))


@router.get("/{uuid:connection_id}", response=ConnectionOut)
def one(request: HttpRequest, connection_id: UUID) -> ConnectionOut:
    """A connection."""
    return _out(queries.access_connection(access_person(request.user), connection_id))


@router.get("/{uuid:connection_id}/health", response=HealthOut)
def health_of(request: HttpRequest, connection_id: UUID) -> HealthOut:
    """How a connection was in the last hour, and what waits."""
    row = queries.access_connection(access_person(request.user), connection_id)
    report, shown = health.report_of(row), pictures.progress_of(row)
    return HealthOut(
        health=report.health,
        calls=report.calls,
        failed=report.failed,
        refused=report.refused,
        waited=report.waited,
        p95_ms=report.p95_ms,
        messages_waiting=report.messages_waiting,
        orders_waiting=report.orders_waiting,
        orders_retried=report.orders_retried,
        orders_returned=report.orders_returned,
        learns=learns(connector_of(row.source).can),
        stock_waiting=report.stock_waiting,
        stock_retried=report.stock_retried,
        stock_told=report.stock_told,
        pictures=shown.total,
        pictures_kept=shown.kept,
        pictures_failed=shown.failed,
        errors=[
            {"at": call.at, "call": call.name, "outcome": call.outcome, "words": said(call.words)}
            for call in report.errors
        ],
    )


@router.get("/{uuid:connection_id}/changes", response=list[ChangeOut])
def changes(request: HttpRequest, connection_id: UUID) -> list[ChangeOut]:
    """Refunds of orders that the store has: those to be settled by hand, then the latest."""
    row = queries.access_connection(access_person(request.user), connection_id)
    return [_change(one) for one in queries.latest_changes(row)]


@router.post("/changes/{uuid:change_id}/settled", response=ChangeOut)
def settled(request: HttpRequest, change_id: UUID) -> ChangeOut:
    """Say that a refund was settled with the supplier by hand; again changes nothing."""
    account = access_person(request.user)
    return _change(telling.do_settle_by_hand(actor=account, change_id=change_id))


@router.put("/{uuid:connection_id}/settings", response=ConnectionOut)
def replace_settings(
    request: HttpRequest, connection_id: UUID, wanted: SettingsIn
) -> ConnectionOut:
    """Enter settings anew; a secret that is left out stays as it is."""
    account = access_person(request.user)
    return _out(
        actions.do_replace_settings(
            actor=account, connection_id=connection_id, typed=wanted.settings
        )
    )


@router.post("/{uuid:connection_id}/consent", response=ConsentOut)
def ask_consent(request: HttpRequest, connection_id: UUID) -> ConsentOut:
    """Where the owner lets us in at the source."""
    account = access_person(request.user)
    return ConsentOut(url=actions.do_ask_consent(actor=account, connection_id=connection_id))


@router.post("/{uuid:connection_id}/pause", response=ConnectionOut)
def pause(request: HttpRequest, connection_id: UUID) -> ConnectionOut:
    """Ask the store nothing for now."""
    account = access_person(request.user)
    return _out(actions.do_pause(actor=account, connection_id=connection_id))


@router.post("/{uuid:connection_id}/resume", response=ConnectionOut)
def resume(request: HttpRequest, connection_id: UUID) -> ConnectionOut:
    """Go on."""
    account = access_person(request.user)
    return _out(actions.do_resume(actor=account, connection_id=connection_id))


@router.post("/{uuid:connection_id}/sync", response=ConnectionOut)
def sync(request: HttpRequest, connection_id: UUID) -> ConnectionOut:
    """Read catalogue and stock now."""
    account = access_person(request.user)
    return _out(actions.do_sync(actor=account, connection_id=connection_id))


@router.delete("/{uuid:connection_id}", response=ConnectionOut)
def disconnect(request: HttpRequest, connection_id: UUID) -> ConnectionOut:
    """End a connection and forget its secrets."""
    account = access_person(request.user)
    return _out(actions.do_disconnect(actor=account, connection_id=connection_id))


@router.post(
    "/{uuid:connection_id}/webhook", auth=None, summary="A store's webhook", include_in_schema=False
)
def webhook(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Take in what a store tells; its signature is checked on the raw body."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = 0
    if length > messages.MOST_BYTES:
        raise Problem("too_large", 413, _("Send at most 1 MB in one message."))
    body = request.body
    if len(body) > messages.MOST_BYTES:
        raise Problem("too_large", 413, _("Send at most 1 MB in one message."))
    headers = {name.lower(): value for name, value in request.headers.items()}
    delivery = messages.take_in(connection_id, headers, body)
    return HttpResponse(delivery.answer, content_type=delivery.answer_type)

"""Following a store: its catalogue, its stock and prices, its sales, page by page.

A page is asked for outside of any transaction and written in one together with where it goes on,
so that a crash loses at most the page in hand, and a page that comes twice changes nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.applied import Applied
from yellowcart.catalog.following import gone_from, take_gone
from yellowcart.catalog.importing import Terms, apply_drafts, unread
from yellowcart.connections.calls import BreakerOpenError, ask
from yellowcart.connections.levels import apply_levels, know
from yellowcart.connections.links import earner_of
from yellowcart.connections.models import Connection, Following, SeenPage
from yellowcart.connections.rules import sound
from yellowcart.connections.waking import wake
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem, in_languages, words_of
from yellowcart.orders.conversions import Sale, do_record_sales
from yellowcart.sources.connector import Conversion, Level, Page, SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.files.drafts import Item, Note, ProductDraft, Refusal
from yellowcart.sources.registry import connector_of

#: Bounds of one round, for a store whose list never ends.
MOST_PAGES: Final = 20_000
MOST_ROWS: Final = 500_000
#: Rows of one page that are taken; more is a mistake of the connector or worse.
MOST_IN_PAGE: Final = 2_000
MOST_REMARKS: Final = 200
#: A store that lists so much less than before is not believed: a share of the whole.
BELIEVABLY_GONE: Final = 0.5
FEW: Final = 20
#: After a call that failed the round goes on so much later.
AGAIN: Final = timedelta(seconds=15)
#: What changed while a round was read is read once more.
OVERLAP: Final = timedelta(seconds=5)
CONVERSIONS_EVERY: Final = timedelta(minutes=10)
#: After a round in which something was told another begins so much later, for all that was told.
AFTER_HINT: Final = timedelta(seconds=2)


def due_of(kind: str) -> Callable[[Connection], datetime | None]:
    """When a round of a kind is next to be begun or gone on with."""

    def due(connection: Connection) -> datetime | None:
        return (
            Following.objects.filter(connection=connection, kind=kind)
            .values_list("due_at", flat=True)
            .first()
        )

    return due


@transaction.atomic
def do_read_soon(connection: Connection) -> None:
    """Have a store's catalogue and stock read now instead of at their time."""
    look_soon(connection, "catalogue", "levels")
    wake(connection.id)


def look_soon(connection: Connection, *kinds: str) -> None:
    """Have rounds begun now. One that runs may be past what there is to see: another follows it.

    Joins the caller's transaction, or needs none.
    """
    rows = Following.objects.filter(connection=connection, kind__in=kinds)
    # In this order: what ends or begins in between has seen it, or is yet to look.
    rows.filter(is_running=True).update(hinted_at=wall())
    rows.filter(is_running=False).update(due_at=wall())


def step_catalogue(connection: Connection) -> None:
    """One page of a store's products."""
    row = _begun(connection, "catalogue")
    asked_at = wall()
    page = _page(connection, row, "catalogue", row.cursor)
    if page is not None:
        _write_catalogue(connection, row, page, asked_at)


def step_levels(connection: Connection) -> None:
    """One page of a store's stock and prices that changed."""
    row = _begun(connection, "levels")
    asked_at = wall()
    page = _page(connection, row, "levels", row.since, row.cursor)
    if page is not None:
        _write_levels(connection, row, page, asked_at)


def step_conversions(connection: Connection) -> None:
    """One page of the sales that a source owes to our links."""
    row = _begun(connection, "conversions")
    window = timedelta(seconds=connector_of(connection.source).window_seconds)
    since = row.since or (row.begun_at or wall()) - window
    until = min(since + window, row.begun_at or wall())
    page = _page(connection, row, "conversions", since, until, row.cursor)
    if page is not None:
        _write_conversions(connection, row, page, until)


def _begun(connection: Connection, kind: str) -> Following:
    """The round that runs, or a new one."""
    row = Following.objects.get(connection=connection, kind=kind)
    if not row.is_running:
        row.is_running, row.cursor, row.pages = True, "", 0
        row.done, row.total, row.counts, row.remarks = 0, None, {}, []
        row.begun_at, row.ended_at, row.is_dated = wall(), None, False
        row.hinted_at = None
        row.save()
        row.seen.all().delete()
    return row


def _page(connection: Connection, row: Following, name: str, *arguments: Any) -> "Page[Any] | None":
    """The next page; None where there is none now, and the round was put off."""
    try:
        page: Page[Any] = ask(connection, name, *arguments)
    except BreakerOpenError:
        raise
    except AskedToWaitError as error:
        _put_off(row, timedelta(seconds=max(error.seconds, 1)))
        return None
    except Problem as error:
        if isinstance(error, SourceError) and not error.again and row.pages:
            # A cursor does not live for ever: the next round begins at the beginning.
            row.is_running = False
        row.remarks = [*row.remarks, words_of(error)][-MOST_REMARKS:]
        _put_off(row, AGAIN if row.is_running else timedelta(minutes=5))
        return None
    return page


def _put_off(row: Following, wait: timedelta) -> None:
    Following.objects.filter(id=row.id).update(
        due_at=wall() + wait, is_running=row.is_running, remarks=row.remarks
    )


# Writing


def _held(row: Following) -> Following | None:
    """The round, locked; None where another worker has written this page already."""
    locked = Following.objects.select_for_update(no_key=True).get(id=row.id)
    is_same = locked.is_running and locked.pages == row.pages and locked.cursor == row.cursor
    return locked if is_same else None


@transaction.atomic
def _write_catalogue(
    connection: Connection, row: Following, page: "Page[Item]", asked_at: datetime
) -> None:
    held = _held(row)
    supplier = connection.supplier
    if held is None or supplier is None:
        return
    drafts: dict[str, ProductDraft] = {}
    for item in page.rows[:MOST_IN_PAGE]:
        one = sound(item) if isinstance(item, ProductDraft) else item
        if isinstance(one, ProductDraft):
            drafts[one.key] = one
        else:
            _remark(held, one)
    terms = Terms(
        source=connection.source,
        integration="supply",
        currency=connection.currency,
        actor_id=None,
        approve=connection.approves,
    )
    news = unread(supplier, connection.source, list(drafts.values()))
    applied = apply_drafts(supplier, news, terms) if news else Applied()
    know(connection, [(one.key, sku.key) for one in news for sku in one.skus])
    SeenPage.objects.create(following=held, keys=list(drafts))
    counted = [
        Level(one.key, sku.key, sku.stock, at=asked_at)
        for one in drafts.values()
        for sku in one.skus
        if sku.stock is not None and not sku.shares
    ]
    told = apply_levels(connection, counted, asked_at)
    _count(
        held,
        created=applied.created,
        changed=applied.changed,
        unchanged=applied.unchanged + len(drafts) - len(news),
        stock_changed=told.stock,
    )
    if _turn(held, page):
        _take_gone(connection, held)
        _end(held, settings.STORE_CATALOGUE_SECONDS)
    held.save()


def _take_gone(connection: Connection, row: Following) -> None:
    """Take off the shelf what a whole reading did not come by."""
    supplier = connection.supplier
    if supplier is None or row.begun_at is None or row.counts.get("refused"):
        return
    seen = {key for keys in row.seen.values_list("keys", flat=True) for key in keys}
    gone, whole = gone_from(supplier, connection.source, seen)
    if len(gone) > max(FEW, whole * BELIEVABLY_GONE):
        words = _("The store lists %(gone)s products fewer than before. Nothing was taken off.")
        row.remarks = [*row.remarks, in_languages(words, {"gone": len(gone)})][-MOST_REMARKS:]
        return
    take_gone(supplier, gone)
    _count(row, gone=len(gone))


@transaction.atomic
def _write_levels(
    connection: Connection, row: Following, page: "Page[Level]", asked_at: datetime
) -> None:
    held = _held(row)
    if held is None:
        return
    told = apply_levels(connection, page.rows[:MOST_IN_PAGE], asked_at)
    held.is_dated = held.is_dated or any(one.at is not None for one in page.rows)
    _count(
        held,
        stock_changed=told.stock,
        prices_changed=told.prices,
        late=told.late,
        unknown=told.unknown,
    )
    if _turn(held, page):
        held.since = held.begun_at - OVERLAP if held.begun_at else None
        _end(held, settings.STORE_POLL_SECONDS)
    held.save()


@transaction.atomic
def _write_conversions(
    connection: Connection, row: Following, page: "Page[Conversion]", until: datetime
) -> None:
    held = _held(row)
    if held is None:
        return
    record(connection, page.rows[:MOST_IN_PAGE])
    if _turn(held, page):
        # The next window begins at once where time has gone on.
        held.since, held.cursor = until, ""
        if held.begun_at is None or until >= held.begun_at:
            _end(held, int(CONVERSIONS_EVERY.total_seconds()))
    held.save()


def record(connection: Connection, rows: Sequence[Conversion]) -> None:
    """Take in sales that a store tells; joins the caller's transaction."""
    sales = [
        Sale(
            order_id=one.order_id[:100],
            status=one.status,
            amount=max(one.amount_minor, 0),
            ordered_at=one.ordered_at,
            updated_at=one.updated_at,
            click_id=one.click_id,
            commission=max(one.commission_minor, 0),
            currency=one.currency,
            item_id=one.item_id[:200],
        )
        for one in rows
        if one.order_id
    ]
    if sales:
        do_record_sales(connection.source, sales, earner_of(connection))


def _turn(row: Following, page: "Page[Any]") -> bool:
    """Note a page, and whether it was the last."""
    row.pages += 1
    row.done += len(page.rows)
    if page.total is not None:
        row.total = max(page.total, row.done)
    row.due_at = wall()
    is_stuck = page.cursor == row.cursor or row.pages >= MOST_PAGES or row.done >= MOST_ROWS
    if page.cursor and is_stuck:
        words = _("The store's list had no end; the rest was left for the next time.")
        row.remarks = [*row.remarks, in_languages(words, {})][-MOST_REMARKS:]
        _count(row, refused=1)
    row.cursor = "" if is_stuck else page.cursor
    return not row.cursor


def _end(row: Following, seconds: int) -> None:
    if not row.is_dated:
        row.read_at = row.begun_at
    row.seen.all().delete()
    row.is_running, row.ended_at, row.cursor = False, wall(), ""
    row.total = row.done
    row.due_at = wall() + (AFTER_HINT if row.hinted_at else timedelta(seconds=seconds))
    row.hinted_at = None


def _count(row: Following, **more: int) -> None:
    row.counts = {
        **row.counts,
        **{name: row.counts.get(name, 0) + count for name, count in more.items()},
    }


def _remark(row: Following, said: Refusal | Note) -> None:
    if isinstance(said, Refusal):
        _count(row, refused=1)
    if len(row.remarks) < MOST_REMARKS:
        row.remarks = [*row.remarks, in_languages(said.words, said.params)]

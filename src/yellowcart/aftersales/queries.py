"""Reading cases, and who may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales import rules
from yellowcart.aftersales.models import Case, CaseEvent, CaseLine, Picture
from yellowcart.aftersales.rulepacks import installed_rules
from yellowcart.aftersales.rules import LineFacts, Sale, Window
from yellowcart.aftersales.states import allowed_steps
from yellowcart.catalog.models import Product
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.orders import lists
from yellowcart.orders.cursors import after, read_cursor, write_cursor
from yellowcart.orders.models import Order, OrderLine
from yellowcart.orders.states import Party
from yellowcart.orders.timers import in_force
from yellowcart.people import reach
from yellowcart.people.access import access_operator
from yellowcart.people.models import Account
from yellowcart.shops import queries as shops
from yellowcart.shops.rules import may

PAGE = 20
MOST_IN_PAGE = 100
#: What a member of the shop must be allowed for a step; ``refund`` for those not named.
STEP_CAPABILITY = {"replace": "ship"}


def case_not_found() -> Problem:
    """There is no such case, or it is none of the caller's business; the two look alike."""
    return Problem("case_not_found", 404, _("There is no such case among yours."))


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case and what the one who looks is to it; ``role`` is their role in its shop."""

    case: Case
    parties: frozenset[Party]
    role: str | None

    def may(self, capability: str) -> bool:
        """Whether the one who looks may do this in the case's shop."""
        return may(self.role, capability)

    @property
    def steps(self) -> list[str]:
        """What the one who looks can do now; for buttons."""
        others = self.parties - {Party.SELLER}
        theirs = allowed_steps(self.case.state, self.case.kind, others)
        if Party.SELLER not in self.parties:
            return theirs
        sellers = allowed_steps(self.case.state, self.case.kind, frozenset({Party.SELLER}))
        return theirs + [verb for verb in sellers if self.may(STEP_CAPABILITY.get(verb, "refund"))]

    @property
    def may_restock(self) -> bool:
        """Whether goods came back that this member of the shop can put on its shelves."""
        return self.may("stock") and came_back(self.case)


def came_back(case: Case) -> bool:
    """Whether the goods of a case are with the shop again, and not yet on its shelves."""
    is_back = case.state in {"awaiting_replacement", "awaiting_buyer_receipt", "succeeded"}
    return is_back and bool(case.return_tracking_no) and case.restocked_at is None


def access_case(account: Account, case_id: UUID) -> SeenCase:
    """A case, for its buyer, a member of its shop, or an operator of the platform.

    Everybody else gets ``case_not_found``.
    """
    if account.blocked_at is not None:
        raise case_not_found()
    roles = shops.roles_in_shops(account)
    is_buyer = reach.into_own(account)
    is_operator = shops.is_operator(account)
    # One after the other: each way in has an index of its own, all at once have none.
    ways = [Q(shop_id__in=list(roles))]
    if is_buyer:
        ways.insert(0, Q(buyer_id=account.id))
    if is_operator:
        ways.append(Q())
    found = Case.objects.filter(id=case_id)
    case = next((row for way in ways if (row := found.filter(way).first())), None)
    if case is None:
        raise case_not_found()
    role = roles.get(case.shop_id)
    parties = {
        Party.BUYER: is_buyer and case.buyer_id == account.id,
        Party.SELLER: may(role, "view"),
        Party.OPERATOR: is_operator,
    }
    return SeenCase(case, frozenset(party for party, holds in parties.items() if holds), role)


class PictureInfo(NamedTuple):
    """A picture without its bytes."""

    id: UUID
    party: str
    content_type: str
    size: int
    added_at: datetime


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case with everything that hangs on it."""

    seen: SeenCase
    lines: list[CaseLine]
    history: list[CaseEvent]
    pictures: list[PictureInfo]


def whole_case(seen: SeenCase) -> WholeCase:
    """Everything about a case that :func:`access_case` let somebody see."""
    mine = {"shop_id": seen.case.shop_id, "case_id": seen.case.id}
    pictures = Picture.objects.filter(**mine).order_by("added_at", "id")
    return WholeCase(
        seen=seen,
        lines=list(CaseLine.objects.filter(**mine).order_by("line_no")),
        history=list(CaseEvent.objects.filter(**mine).order_by("at", "id")),
        pictures=[
            PictureInfo(*row)
            for row in pictures.values_list("id", "party", "content_type", "size", "added_at")
        ],
    )


def picture_of(seen: SeenCase, picture_id: UUID) -> Picture:
    """One picture of a case; ``picture_not_found`` where it has no such one."""
    case = seen.case
    found = Picture.objects.filter(id=picture_id, shop_id=case.shop_id, case_id=case.id).first()
    if found is None:
        raise Problem("picture_not_found", 404, _("This case has no such picture."))
    return found


# What may be asked


def sale_of(order: Order) -> Sale:
    """An order as the rules see it."""
    return Sale(order.state, order.completed_at, order.signed_at or order.completed_at)


def facts_of(line: OrderLine) -> LineFacts:
    """An order line as the rules see it."""
    return LineFacts(
        quantity=line.quantity,
        shipped=line.shipped_quantity,
        dropped=line.dropped_quantity,
        refunded=line.refunded_quantity,
        paid_minor=line.paid_minor,
        refunded_minor=line.refunded_minor,
    )


def window_of(order: Order) -> Window | None:
    """Until when something may be asked about an order: the days in force when it was placed."""
    return in_force(installed_rules().windows, settings.PLATFORM, order.placed_at)


def return_rules(order: Order, product_ids: Iterable[UUID]) -> dict[UUID, str]:
    """How the products of an order may be given back, by their ids."""
    wanted = list(product_ids)
    categories = installed_rules().categories
    found = {
        product_id: rules.return_rule(own, category, categories, settings.PLATFORM, order.placed_at)
        for product_id, own, category in Product.objects.filter(id__in=wanted).values_list(
            "id", "return_rule", "category"
        )
    }
    return {product_id: found.get(product_id, rules.USUAL_RULE) for product_id in wanted}


def open_cases_of(order: Order) -> dict[int, UUID]:
    """The open case about each line of an order, by line number."""
    return dict(
        CaseLine.objects.filter(shop_id=order.shop_id, order_id=order.id, is_open=True).values_list(
            "line_no", "case_id"
        )
    )


def cases_of_order(order: Order) -> list[Case]:
    """Every case about an order, latest first. Ask :func:`orders.queries.access_order` before."""
    return list(
        Case.objects.filter(shop_id=order.shop_id, order_id=order.id).order_by("-opened_at", "-id")
    )


# Lists and what waits


class CasePage(NamedTuple):
    """Cases, and the cursor of what comes after."""

    cases: list[Case]
    next_cursor: str | None


def cases_of_buyer(account: Account, *, cursor: str = "", limit: int = PAGE) -> CasePage:
    """What somebody asked for, latest first."""
    return _latest(Case.objects.filter(buyer_id=account.id), cursor, limit)


def cases_of_shop(
    account: Account, shop: str | UUID, *, state: str = "", cursor: str = "", limit: int = PAGE
) -> CasePage:
    """What a shop was asked for, for its members and operators.

    All of them come latest first; those of an open ``state`` with the longest waiting first.
    """
    found = shops.access_shop(account, shop, "view")
    rows = Case.objects.filter(shop_id=found.id)
    if state:
        return _waiting(rows.filter(state=state, closed_at__isnull=True), cursor, limit)
    return _latest(rows, cursor, limit)


def interventions(account: Account, *, cursor: str = "", limit: int = PAGE) -> CasePage:
    """The operators' queue: what the platform is to decide, the longest waiting first."""
    access_operator(account)
    return _waiting(Case.objects.filter(state="intervening"), cursor, limit)


def count_interventions() -> int:
    """How many cases wait for the platform, up to ``orders.lists.MOST_COUNTED``."""
    rows = Case.objects.filter(state="intervening").order_by("stepped_at", "id")
    return rows[: lists.MOST_COUNTED].count()


def _latest(rows: QuerySet[Case], cursor: str, limit: int) -> CasePage:
    limit = min(max(limit, 1), MOST_IN_PAGE)
    if cursor:
        rows = rows.filter(after("opened_at", read_cursor(cursor), descending=True))
    found = list(rows.order_by("-opened_at", "-id")[: limit + 1])
    return _cut(found, limit, "opened_at")


def _waiting(rows: QuerySet[Case], cursor: str, limit: int) -> CasePage:
    limit = min(max(limit, 1), MOST_IN_PAGE)
    if cursor:
        rows = rows.filter(after("stepped_at", read_cursor(cursor)))
    found = list(rows.order_by("stepped_at", "id")[: limit + 1])
    return _cut(found, limit, "stepped_at")


def _cut(found: list[Case], limit: int, column: str) -> CasePage:
    cases = found[:limit]
    more = len(found) > limit
    last = cases[-1] if cases else None
    return CasePage(cases, write_cursor(getattr(last, column), last.id) if more and last else None)


@dataclass(frozen=True, slots=True)
class Board:
    """What waits in a shop: orders to send and those of them that should have left, cases to
    answer, returns to receive, replacements to send, and cases before the platform.

    Each is counted up to ``orders.lists.MOST_COUNTED``.
    """

    to_ship: int
    overdue: int
    to_answer: int
    to_receive: int
    to_replace: int
    before_platform: int


def board_of_shop(account: Account, shop: str | UUID) -> Board:
    """What waits in a shop, for its members and operators. The lists behind the numbers are
    :func:`orders.lists.shops_orders` by shelf and :func:`cases_of_shop` by state."""
    found = shops.access_shop(account, shop, "view")

    def count(state: str) -> int:
        rows = Case.objects.filter(shop_id=found.id, state=state, closed_at__isnull=True)
        return rows.order_by("stepped_at", "id")[: lists.MOST_COUNTED].count()

    waiting = lists.waiting_in(found.id)
    return Board(
        to_ship=waiting.to_ship,
        overdue=waiting.overdue,
        to_answer=count("awaiting_seller"),
        to_receive=count("awaiting_seller_receipt"),
        to_replace=count("awaiting_replacement"),
        before_platform=count("intervening"),
    )


def next_deadline() -> datetime | None:
    """The instant at which the next case steps by itself."""
    return (
        Case.objects.filter(deadline_at__isnull=False)
        .order_by("deadline_at")
        .values_list("deadline_at", flat=True)
        .first()
    )


class Dispute(NamedTuple):
    """Whether a case about an order is open, and when the last one ended."""

    is_open: bool
    closed_at: datetime | None


def disputes_of(keys: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Dispute]:
    """What holds the settlement of orders ``(shop_id, order_id)``; orders without cases too."""
    rows = Order.objects.filter(pk__in=list(keys)).values_list(
        "shop_id", "id", "open_cases", "case_closed_at"
    )
    return {(row[0], row[1]): Dispute(row[2] > 0, row[3]) for row in rows}


def latest_return_address(shop_id: UUID) -> dict[str, str]:
    """Where a shop had goods sent back to last; empty where it never said."""
    found = (
        Case.objects.filter(shop_id=shop_id)
        .exclude(return_to={})
        .order_by("-opened_at", "-id")
        .values_list("return_to", flat=True)
        .first()
    )
    return found or {}


def seconds_left(case: Case, at: datetime | None = None) -> int | None:
    """Seconds until a case steps by itself; None where it waits for somebody."""
    if case.deadline_at is None:
        return None
    return max(int((case.deadline_at - (at or now())).total_seconds()), 0)

"""What the pages of after-sales cases read, whoever looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from yellowcart.aftersales.models import Case, CaseLine
from yellowcart.aftersales.queries import SeenCase, WholeCase, whole_case
from yellowcart.orders.models import Order, OrderLine
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.web.trade.reads import OrderCard, order_cards
from yellowcart.web.trade.words import TURNS


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A case with its order's card, as lists show it."""

    case: Case
    about: OrderCard

    @property
    def title(self) -> str:
        """What it is about: the first line of the order."""
        return self.about.lines[0].line.title if self.about.lines else ""


def case_cards(cases: Iterable[Case]) -> list[CaseCard]:
    """The cards of cases, in their order; lines that a case is not about are left out."""
    cases = list(cases)
    keys = {(case.shop_id, case.order_id) for case in cases}
    orders = Order.objects.filter(pk__in=sorted(keys))
    about: dict[UUID, set[int]] = {}
    for line in CaseLine.objects.filter(
        shop_id__in={case.shop_id for case in cases}, case_id__in=[case.id for case in cases]
    ):
        about.setdefault(line.case_id, set()).add(line.line_no)
    lines: dict[UUID, list[OrderLine]] = {}
    for row in OrderLine.objects.filter(
        shop_id__in={key[0] for key in keys}, order_id__in=[key[1] for key in keys]
    ).order_by("line_no"):
        lines.setdefault(row.order_id, []).append(row)
    cards = {card.order.id: card for card in order_cards(orders, lines)}
    return [_card(case, cards[case.order_id], about.get(case.id, set())) for case in cases]


def _card(case: Case, card: OrderCard, about: set[int]) -> CaseCard:
    lines = [row for row in card.lines if row.line.line_no in about]
    return CaseCard(case, OrderCard(card.order, lines or card.lines, card.shop))


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A line of a case with the order's line that it is about."""

    asked: CaseLine
    line: OrderLine
    picture: str


def case_context(seen: SeenCase) -> dict[str, Any]:
    """What every page of one case shows."""
    whole = whole_case(seen)
    case = seen.case
    order = Order.objects.get(shop_id=case.shop_id, id=case.order_id)
    rows = list(
        OrderLine.objects.filter(shop_id=case.shop_id, order_id=case.order_id).order_by("line_no")
    )
    card = order_cards([order], {order.id: rows})[0]
    return {
        "case": case,
        "order": order,
        "card": card,
        "shop": Shop.objects.get(id=case.shop_id),
        "buyer": Account.objects.filter(id=case.buyer_id).first(),
        "asked": _asked(whole, card),
        "whole": whole,
        "pictures": whole.pictures,
        "can": seen.steps,
        "turn": TURNS.get(case.state, ""),
        "is_open": case.closed_at is None,
    }


def _asked(whole: WholeCase, card: OrderCard) -> list[AskedLine]:
    rows = {row.line.line_no: row for row in card.lines}
    return [
        AskedLine(one, rows[one.line_no].line, rows[one.line_no].picture)
        for one in whole.lines
        if one.line_no in rows
    ]

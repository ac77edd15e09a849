"""What the pages of a party's money read and do, for the party itself and for operators."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.instants import InstantError, iso, parse_instant
from yellowcart.core.money import display_minor
from yellowcart.core.problems import Problem
from yellowcart.people.models import Account
from yellowcart.settlement import deposits, queries, withdrawals
from yellowcart.settlement.queries import Overview, ShareLine, StatementLine
from yellowcart.settlement.words import MOVES, PARTS, REASONS, ROLES, STATES
from yellowcart.web.backoffice.fields import MoneyField
from yellowcart.web.trade.words import reason_name

CSV: Final = "/api/v1/settlement/statement.csv"
USUAL_DAYS: Final = 30
#: The longest period that a page sums up; a file may be of any.
MOST_DAYS: Final = 400

#: No statement is of other years.
_YEARS: Final = (2000, 3000)

TABS: Final[tuple[tuple[str, Promise], ...]] = (
    ("", _("Statement")),
    ("upcoming", _("Still to come")),
    ("withdrawals", _("Withdrawals")),
)

#: The page of one order of a shop, for whoever reads the statement; empty where there is none.
OrderUrl = Callable[[UUID, UUID], str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a share in words: goods, coupons borne, commission, fee …"""

    label: Promise | str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share of a sale as a statement shows it."""

    share: ShareLine
    parts: list[Part]
    rule: str
    href: str

    @property
    def state(self) -> str:
        """Where it stands, and why it is held."""
        name = str(STATES.get(self.share.state, self.share.state))
        why = REASONS.get(self.share.reason)
        return f"{name}: {why}" if why else name

    @property
    def role(self) -> str:
        """For what the party has it."""
        return str(ROLES.get(self.share.role, self.share.role))


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A movement as a statement shows it."""

    line: StatementLine
    kind: str
    share: ShareRow | None

    @property
    def reason(self) -> str:
        """Why, in words where it has some."""
        return reason_name(self.line.reason)


def _row(share: ShareLine, order_url: OrderUrl, moved_minor: int | None = None) -> ShareRow:
    parts = [
        Part(PARTS.get(name, name), minor)
        for name, minor in share.parts.items()
        if minor and len(share.parts) > 1
    ]
    # What came after a settlement is a movement of its own.
    changed = (share.net_minor if moved_minor is None else moved_minor) - share.amount_minor
    if changed:
        parts.append(Part(_("Refunds and what followed"), changed))
    summary = share.fee_summary.in_language(get_language() or "en") if share.fee_summary else ""
    href = order_url(share.shop_id, share.subject_id) if share.kind == "order" else ""
    has_fee = "fee" in share.parts or share.role == "platform"
    return ShareRow(share, parts, (summary or share.fee_rule) if has_fee else "", href)


def share_rows(shares: Iterable[ShareLine]) -> list[ShareRow]:
    """How one order was parted, for the page of that order."""
    return [_row(share, lambda _shop_id, _order_id: "") for share in shares]


def _moves(lines: Iterable[StatementLine], order_url: OrderUrl) -> list[MoveRow]:
    return [
        MoveRow(
            line,
            str(MOVES.get(line.kind, line.kind)),
            _row(line.share, order_url, line.amount_minor) if line.share else None,
        )
        for line in lines
    ]


def read_days(request: HttpRequest) -> tuple[datetime, datetime]:
    """``[from, to]`` in whole days of the platform as the form sends them; else 30 days to now."""
    zone = ZoneInfo(settings.TIME_ZONE)
    at = now().astimezone(zone)
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    until = _day(request.GET.get("to", ""), zone, today) + timedelta(days=1)
    start = _day(request.GET.get("from", ""), zone, until - timedelta(days=USUAL_DAYS))
    if not start < until <= start + timedelta(days=MOST_DAYS):
        start = until - timedelta(days=USUAL_DAYS)
    return start, until


def _day(text: str, zone: ZoneInfo, usual: datetime) -> datetime:
    try:
        day = parse_instant(text, zone)
    except InstantError:
        return usual
    return day.astimezone(zone) if _YEARS[0] <= day.year < _YEARS[1] else usual


def chosen_currency(request: HttpRequest, party: str, usual: str) -> tuple[str, list[str]]:
    """The currency the page is in, and those there are."""
    known = sorted({*queries.currencies_of(party), usual})
    wanted = request.GET.get("currency", usual)
    return wanted if wanted in known else usual, known


def money_context(
    request: HttpRequest,
    party: str,
    usual_currency: str,
    order_url: OrderUrl,
    *,
    may_take: bool,
) -> dict[str, Any]:
    """Everything a page of a party's money shows. Ask ``settlement.access`` before."""
    currency, currencies = chosen_currency(request, party, usual_currency)
    overview = queries.overview(party, currency)
    tab, after = request.GET.get("show", ""), request.GET.get("after", "")
    start, until = read_days(request)
    context: dict[str, Any] = {
        "party": party,
        "currency": currency,
        "currencies": currencies,
        "overview": overview,
        "tab": tab,
        "tabs": TABS,
        "start": start,
        "last_day": until - timedelta(days=1),
        "may_take": may_take,
        "csv_url": f"{CSV}?"
        + urlencode({"party": party, "currency": currency, "from": iso(start), "to": iso(until)}),
    }
    if tab == "upcoming":
        coming = queries.upcoming(party, currency, cursor=after)
        context |= {
            "shares": [_row(one, order_url) for one in coming.lines],
            "next_cursor": coming.next_cursor,
        }
    elif tab == "withdrawals":
        taken = queries.withdrawals(party, currency, cursor=after)
        context |= {"withdrawals": taken.rows, "next_cursor": taken.next_cursor}
    else:
        found = queries.statement(party, currency, start, until, cursor=after)
        context |= {
            "statement": found,
            "totals": [(str(MOVES.get(kind, kind)), sum_) for kind, sum_ in found.totals.items()],
            "moves": _moves(found.lines, order_url),
            "next_cursor": found.next_cursor,
        }
    if may_take:
        context |= {"withdraw_form": WithdrawForm(overview), "deposit_form": DepositForm(overview)}
    return context


class WithdrawForm(forms.Form):
    """How much to take out; the hidden key makes sending it twice one withdrawal."""

    key = forms.CharField(max_length=100, widget=forms.HiddenInput)

    def __init__(self, overview: Overview, data: Any = None) -> None:
        super().__init__(data, initial={"key": str(new_id())}, auto_id="withdraw-%s")
        help_text = ""
        if overview.limits is not None:
            help_text = _("From %(least)s to %(most)s at once.") % {
                "least": _shown(overview.limits.least_minor, overview.currency),
                "most": _shown(overview.limits.most_minor, overview.currency),
            }
        self.fields["amount"] = MoneyField(
            label=_("Amount (%(currency)s)") % {"currency": overview.currency},
            currency=overview.currency,
            help_text=help_text,
        )


class DepositForm(forms.Form):
    """How much goes from what can be withdrawn into the deposit."""

    def __init__(self, overview: Overview, data: Any = None) -> None:
        super().__init__(data, auto_id="deposit-%s")
        missing = overview.deposit_required_minor - overview.deposit_minor
        self.fields["amount"] = MoneyField(
            label=_("Amount (%(currency)s)") % {"currency": overview.currency},
            currency=overview.currency,
            initial=max(min(missing, overview.payable_minor), 0) or None,
        )


def _shown(minor: int, currency: str) -> str:
    return display_minor(minor, currency, get_language() or "en")


def do_withdraw(actor: Account, party: str, currency: str, data: Any) -> None:
    """Take out what the form says; :class:`Problem` where it can't be."""
    form = WithdrawForm(queries.overview(party, currency), data)
    withdrawals.do_request(
        actor=actor,
        party=party,
        currency=currency,
        amount_minor=_amount(form),
        idempotency_key=form.cleaned_data["key"],
    )


def do_pay_deposit(actor: Account, party: str, currency: str, data: Any) -> None:
    """Pay in what the form says; :class:`Problem` where it can't be."""
    form = DepositForm(queries.overview(party, currency), data)
    deposits.do_pay_in(actor=actor, party=party, currency=currency, amount_minor=_amount(form))


def _amount(form: forms.Form) -> int:
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        raise Problem("amount_unreadable", 422, str(first))
    amount: int = form.cleaned_data["amount"]
    return amount

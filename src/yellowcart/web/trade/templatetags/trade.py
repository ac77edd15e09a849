"""Words and figures of orders, cases and statements."""

from datetime import datetime

from django import template

from yellowcart.aftersales.states import KIND_WORDS
from yellowcart.core.clock import now
from yellowcart.orders.lists import MOST_COUNTED
from yellowcart.payments.providers import NAMES
from yellowcart.web.trade import words

register = template.Library()


@register.filter
def some(count: int) -> str:
    """A count that was taken up to a bound: 7, or 99+."""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)


@register.filter
def rate_words(basis_points: int) -> str:
    """A rate in percent."""
    return f"{basis_points / 100:g}%"


@register.filter
def order_verb(verb: str) -> str:
    """What happened to an order."""
    return str(words.ORDER_VERBS.get(verb, verb))


@register.filter
def bearer_name(bearer: str) -> str:
    """Who bears a coupon."""
    return str(words.BEARERS.get(bearer, bearer))


@register.filter
def way_to_pay(code: str) -> str:
    """What buyers call a payment provider."""
    return str(NAMES.get(code, code))


@register.filter
def trade_party(party: str) -> str:
    """Who took a step."""
    return str(words.PARTIES.get(party, party))


@register.filter
def close_reason(reason: str) -> str:
    """Why an order was closed."""
    return str(words.CLOSE_REASONS.get(reason, words.CLOSE_REASONS["cancelled"]))


@register.filter
def hours_since(instant: datetime) -> int:
    """Whole hours since an instant."""
    return int((now() - instant).total_seconds() // 3600)


@register.filter
def is_past(instant: datetime | None) -> bool:
    """Whether an instant was reached."""
    return instant is not None and instant <= now()


@register.filter
def case_verb(verb: str) -> str:
    """What happened in a case."""
    return str(words.CASE_VERBS.get(verb, verb))


@register.filter
def case_kind(kind: str) -> str:
    """What a buyer asks for."""
    return str(KIND_WORDS.get(kind, kind))


@register.filter
def case_reason(reason: str) -> str:
    """Why a buyer asks, or a shop gives without being asked."""
    return words.reason_name(reason)


@register.filter
def case_deadline(verb: str) -> str:
    """What happens by itself when the time has passed."""
    return str(words.DEADLINES.get(verb, ""))


@register.filter
def case_awaited(state: str) -> str:
    """What is awaited from whose turn it is."""
    return str(words.AWAITED.get(state, ""))

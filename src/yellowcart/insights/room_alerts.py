"""What a host should know now, the most pressing first: pictures gone, payments in trouble, a rule
about to take goods out of the cart, stock about to end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yellowcart.insights import room_rules
from yellowcart.insights.room_figures import RoomCounts
from yellowcart.insights.room_rules import AHEAD
from yellowcart.insights.rules import ratio_bps
from yellowcart.listings.cart import Ask, CartRow, permitted
from yellowcart.policy.verdicts import Verdict

#: Changes of the deciding rule that are looked through for the one that bars.
_MOST_STEPS: Final = 12
#: Titles that a sentence names; the others are counted.
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to know. ``level`` is ``bad`` or ``warn``; ``until`` is when it strikes, where
    that is known: a page counts down to it."""

    code: str
    level: str
    text: str
    listings: tuple[UUID, ...] = ()
    until: datetime | None = None


def alerts_of(
    cart: Sequence[CartRow],
    lines: Sequence[Mapping[str, Any]],
    counts: RoomCounts,
    ask: Ask,
    at: datetime,
    language: str,
) -> list[Alert]:
    """Everything to know at an instant; ``lines`` are the cart as ``room_view`` says it."""
    with translation.override(language):
        return [
            *_video(counts),
            *_payments(counts),
            *_rules(cart, ask, at, language),
            *_stock(lines),
        ]


def bars_ahead(
    cart: Iterable[CartRow], ask: Ask, at: datetime, ahead: timedelta = AHEAD
) -> dict[tuple[datetime, str], tuple[Verdict, list[CartRow]]]:
    """What rules will take out in ``(at, at + ahead]``: by the instant and the rule's key."""
    found: dict[tuple[datetime, str], tuple[Verdict, list[CartRow]]] = {}
    for row in cart:
        verdict = ask(row.facts, at)
        if not permitted(row, verdict):
            continue
        for _step in range(_MOST_STEPS):
            if verdict.until is None or verdict.until > at + ahead:
                break
            when, verdict = verdict.until, ask(row.facts, verdict.until)
            if not permitted(row, verdict):
                found.setdefault((when, verdict.rule or ""), (verdict, []))[1].append(row)
                break
    return dict(sorted(found.items(), key=lambda one: one[0]))


def _video(counts: RoomCounts) -> list[Alert]:
    if counts.video is None or counts.video.state not in {"lost", "ended"}:
        return []
    return [
        Alert(
            "video_lost",
            "bad",
            _("Viewers see no picture: nothing arrives from your camera or studio."),
        )
    ]


def _payments(counts: RoomCounts) -> list[Alert]:
    found = []
    one = counts.payments
    if room_rules.provider_fails(one):
        found.append(
            Alert(
                "provider_fails",
                "bad",
                _("%(failed)s of the last %(attempts)s attempts to pay failed at the provider.")
                % {"failed": one.failed, "attempts": one.attempts},
            )
        )
    if room_rules.share_dropped(one):
        found.append(
            Alert(
                "payments_drop",
                "bad",
                _(
                    "Fewer orders get paid: %(now)s%% within two minutes, earlier in this room "
                    "%(before)s%%. Ask viewers whether paying works."
                )
                % {
                    "now": round((ratio_bps(one.recent_prompt, one.recent) or 0) / 100),
                    "before": round((ratio_bps(one.earlier_prompt, one.earlier) or 0) / 100),
                },
            )
        )
    return found


def _rules(cart: Sequence[CartRow], ask: Ask, at: datetime, language: str) -> list[Alert]:
    found = []
    for (when, _rule), (verdict, rows) in bars_ahead(cart, ask, at).items():
        words = ngettext(
            "A rule takes %(count)s listing out of this cart: %(titles)s. %(reason)s",
            "A rule takes %(count)s listings out of this cart: %(titles)s. %(reason)s",
            len(rows),
        )
        text = words % {
            "count": len(rows),
            "titles": _titles([row.title for row in rows]),
            "reason": verdict.reason.in_language(language),
        }
        found.append(Alert("rule_ahead", "warn", text, tuple(row.listing_id for row in rows), when))
    return found


def _stock(lines: Sequence[Mapping[str, Any]]) -> list[Alert]:
    found = []
    ending = [
        line
        for line in lines
        if not line["barred"] and room_rules.runs_out(line["available"], line["minutes_left"])
    ]
    for line in sorted(ending, key=lambda one: float(one["minutes_left"])):
        minutes = max(1, round(line["minutes_left"]))
        text = ngettext(
            "%(title)s will be sold out in about %(minutes)s minute: %(left)s left.",
            "%(title)s will be sold out in about %(minutes)s minutes: %(left)s left.",
            minutes,
        ) % {"title": line["title"], "minutes": minutes, "left": line["available"]}
        found.append(Alert("stock_low", "warn", text, (UUID(line["listing_id"]),)))
    return found


def _titles(titles: Sequence[str]) -> str:
    named = _(", ").join(titles[:_NAMED])
    more = len(titles) - _NAMED
    if more <= 0:
        return named
    return ngettext("%(named)s and %(more)s more", "%(named)s and %(more)s more", more) % {
        "named": named,
        "more": more,
    }

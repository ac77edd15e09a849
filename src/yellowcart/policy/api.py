"""What everybody may ask of the rules over HTTP; operators' verbs are in ``insights``."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema

from yellowcart.core.clock import now
from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.problems import Problem
from yellowcart.core.tomlreader import did_you_mean
from yellowcart.policy import queries
from yellowcart.policy.rules import Facts
from yellowcart.policy.subjects import find_shop
from yellowcart.policy.words import INTEGRATIONS, SHOP_TYPES, SURFACES, usual_integration

router = Router()

# A plus sign that was not escaped in a query string arrives as a space.
_LOST_PLUS = re.compile(r"^(\d{4}-\d{2}-\d{2}T[\d:.]+) (\d{2}:?\d{2})$")


class VerdictQuestion(Schema):
    """Who wants to offer what, where and when; what is left out is the usual, or now."""

    source: str
    surface: str
    integration: str | None = None
    at: str | None = None
    as_of: str | None = None
    shop: str | None = None
    shop_type: str | None = None
    creator: str | None = None


class VerdictOut(Schema):
    """The verdict; see the policy guide. Instants are RFC 3339 in UTC."""

    outcome: str
    rule: str | None
    revision: int | None
    kind: str | None
    since: str | None
    until: str | None
    open_surfaces: list[str]
    reason: str
    remedy: str | None
    fee_bps: int | None
    announced_at: str | None
    notice: str | None
    grade: str | None
    evidence: str | None


class RuleOut(Schema):
    """One period of one revision of a rule; a selector of null means any."""

    key: str
    revision: int
    kind: str
    platform: str | None
    sources: list[str] | None
    integrations: list[str] | None
    surfaces: list[str] | None
    shops: list[str] | None
    shop_types: list[str] | None
    creators: list[str] | None
    outcome: str
    fee_bps: int | None
    announced_at: str
    written_at: str
    effective_from: str
    effective_until: str | None
    reason: str
    remedy: str | None
    notice: str | None
    supersedes: list[str]
    withdrawn: bool
    grade: str | None
    evidence: str | None


@router.get("/verdict", response=VerdictOut, auth=None)
def verdict(request: HttpRequest, question: Query[VerdictQuestion]) -> dict[str, Any]:
    """May this be offered here, then, by this shop? With the rule, the reason and the remedy."""
    _known("surface", question.surface, list(SURFACES))
    _known("source", question.source, list(queries.known_sources()))
    if question.integration:
        _known("integration", question.integration, list(INTEGRATIONS))
    if question.shop_type:
        _known("shop_type", question.shop_type, list(SHOP_TYPES))
    shop = find_shop(question.shop) if question.shop else None
    facts = Facts(
        source=question.source,
        integration=question.integration or usual_integration(question.source),
        surface=question.surface,
        shop=shop.id if shop else None,
        shop_type=question.shop_type or (shop.type if shop else None),
        creator=question.creator,
    )
    at = _instant("at", question.at) or now()
    as_of = _instant("as_of", question.as_of)
    return queries.table().verdict(facts, at, as_of).as_json(get_language() or "en")


@router.get("/rules", response=list[RuleOut], auth=None)
def rules(request: HttpRequest, key: str | None = None) -> list[dict[str, Any]]:
    """Every rule announced by now, every revision of it, in the order of taking effect."""
    instant = now()
    shown = [
        rule
        for rule in queries.all_rules()
        if rule.known_since <= instant and (key is None or rule.key == key)
    ]
    shown.sort(key=lambda rule: (rule.effective_from, rule.key, rule.revision))
    return [rule.as_json(get_language() or "en") for rule in shown]


def _known(name: str, word: str, choices: list[str]) -> None:
    if word not in choices:
        hint = did_you_mean(word, choices).in_language(get_language() or "en")
        raise Problem(
            f"unknown_{name}",
            422,
            _("%(name)s “%(word)s” is unknown; %(hint)s"),
            params={"name": name, "word": word, "hint": hint},
        )


def _instant(name: str, text: str | None) -> datetime | None:
    """An instant of the query; without an offset it is read in the platform's zone."""
    if not text:
        return None
    try:
        return parse_instant(_LOST_PLUS.sub(r"\1+\2", text), ZoneInfo(settings.TIME_ZONE))
    except InstantError as error:
        raise Problem(
            "bad_instant",
            422,
            _("%(name)s is not an instant; write it like 2021-11-16T00:00:00+08:00."),
            params={"name": name},
        ) from error

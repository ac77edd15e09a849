"""Rules on a time line, one rule with what was believed when, and the verdict asked for."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yellowcart.core.clock import now
from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.problems import Problem
from yellowcart.insights.queries import platform_zone
from yellowcart.people.access import access_operator, operator_page
from yellowcart.people.models import Account
from yellowcart.policy import actions, queries
from yellowcart.policy.models import RuleRevision
from yellowcart.policy.rules import Facts, Rule, louder
from yellowcart.policy.subjects import find_shop
from yellowcart.policy.verdicts import Verdict
from yellowcart.policy.words import SURFACES, usual_integration
from yellowcart.web.operator import lanes
from yellowcart.web.operator.forms import AskForm
from yellowcart.web.operator.telling import told

SPANS = ("near", "year", "all")


@operator_page
def policy(request: HttpRequest) -> HttpResponse:
    """Every rule in its lanes, past and coming, with now as a line."""
    at, problem, as_of = now(), "", None
    asked = request.GET.get("as_of", "").strip()
    if asked:
        try:
            as_of = parse_instant(asked, platform_zone())
        except InstantError:
            problem = _("This is not an instant; write it like 2021-11-16 00:00.")
    table = queries.table() if as_of is None else queries.table().known_at(as_of)
    rules = sorted(table.in_force, key=lambda rule: (rule.effective_from, rule.key))
    span = request.GET.get("span", "")
    if span not in SPANS:
        start, until = lanes.window(rules, at, "near")
        span = "near" if lanes.sources(rules, start, until, at) else "all"
    start, until = lanes.window(rules, at, span)
    context = {
        "span": span,
        "spans": [("near", _("Around now")), ("year", _("A year")), ("all", _("Everything"))],
        "sources": lanes.sources(rules, start, until, at),
        "marks": lanes.marks(start, until, platform_zone()),
        "now": at,
        "now_left": round(lanes.place(at, start, until), 3),
        "as_of": as_of,
        "asked_as_of": asked,
        "problem": problem,
        "groups": _groups(rules),
    }
    return render(request, "operator/policy.html", context)


def _groups(rules: list[Rule]) -> list[tuple[str, list[Rule]]]:
    at = now()
    by_state: dict[str, list[Rule]] = {"coming": [], "holding": [], "over": []}
    for rule in rules:
        by_state[lanes.state_of(rule, at)].append(rule)
    named = [
        ("coming", _("To come")),
        ("holding", _("In force")),
        ("over", _("No longer in force")),
    ]
    return [(title, by_state[state]) for state, title in named if by_state[state]]


@operator_page
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: what it says, why, and every revision with when it was believed."""
    revisions = queries.revisions(key)
    if not revisions:
        raise Problem("unknown_rule", 404, _("There is no rule “%(key)s”."), params={"key": key})
    latest = revisions[-1]
    at = now()
    context = {
        "rule": latest,
        "state": lanes.state_of(latest, at),
        "periods": [one for one in revisions if one.revision == latest.revision],
        "revisions": _revisions(revisions),
        "told": told(key),
        "now": at,
        "ended": latest.withdrawn
        or (latest.effective_until is not None and latest.effective_until <= at),
        "superseded_by": [one for one in queries.table().in_force if key in one.supersedes],
    }
    return render(request, "operator/rule.html", context)


@dataclass(frozen=True, slots=True)
class _Revision:
    """A revision, who wrote it, and until when it was what was believed."""

    rule: Rule
    author: str
    believed_until: Any
    current: bool


def _revisions(rules: list[Rule]) -> list[_Revision]:
    writers = dict(
        RuleRevision.objects.filter(key=rules[0].key).values_list("revision", "written_by")
    )
    names = dict(
        Account.objects.filter(id__in=[one for one in writers.values() if one]).values_list(
            "id", "display_name"
        )
    )
    firsts = {one.revision: one for one in reversed(rules)}
    found = []
    for one in rules:
        following = firsts.get(one.revision + 1)
        writer = writers.get(one.revision)
        found.append(
            _Revision(
                rule=one,
                author=names.get(writer, "") if writer else "",
                believed_until=following.known_since if following else None,
                current=following is None,
            )
        )
    return list(reversed(found))


@require_POST
@operator_page
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take a rule back from now on."""
    operator = access_operator(request.user)
    try:
        actions.do_withdraw(key, by=operator.id)
    except Problem as problem:
        messages.error(request, str(problem.body(request.LANGUAGE_CODE)["detail"]))
    else:
        messages.success(request, _("The rule is taken back from now on."))
    return redirect("operator:rule", key=key)


@operator_page
def ask(request: HttpRequest) -> HttpResponse:
    """A verdict with everything that led to it."""
    context: dict[str, Any] = {}
    if request.GET.get("source"):
        form = AskForm(request.GET)
        if form.is_valid():
            try:
                context = _answer(form.cleaned_data)
            except Problem as problem:
                form.add_error("shop", str(problem.body(request.LANGUAGE_CODE)["detail"]))
    else:
        form = AskForm()
    return render(request, "operator/ask.html", {"form": form, **context})


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A rule that speaks of the facts at the instant, and whether it is the one that decides."""

    rule: Rule
    decides: bool
    named: list[str]


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    shop = find_shop(asked["shop"]) if asked["shop"] else None
    facts = Facts(
        source=asked["source"],
        integration=asked["integration"] or usual_integration(asked["source"]),
        surface=asked["surface"],
        shop=shop.id if shop else None,
        shop_type=shop.type if shop else None,
    )
    at = asked["at"] or now()
    table = queries.table()
    if asked["as_of"] is not None:
        table = table.known_at(asked["as_of"])
    verdict = table.verdict(facts, at)
    speaking = sorted(
        (rule for rule in table.in_force if rule.speaks_of(facts) and rule.holds_at(at)),
        key=louder,
        reverse=True,
    )
    surfaces: list[tuple[str, Verdict]] = [
        (surface, table.verdict(facts._replace(surface=surface), at)) for surface in SURFACES
    ]
    return {
        "facts": facts,
        "at": at,
        "as_of": asked["as_of"],
        "verdict": verdict,
        "speakers": [
            _Speaker(one, place == 0, _selectors(one)) for place, one in enumerate(speaking)
        ],
        "surfaces": surfaces,
        "after": table.verdict(facts, verdict.until) if verdict.until else None,
        "before": table.verdict(facts, verdict.since - timedelta(microseconds=1))
        if verdict.since
        else None,
    }


def _selectors(rule: Rule) -> list[str]:
    """The selectors a rule names, the loudest first, in words."""
    named = {
        "creators": _("creator"),
        "shops": _("shop"),
        "shop_types": _("shop type"),
        "sources": _("source"),
        "integrations": _("integration"),
        "surfaces": _("surface"),
    }
    return [word for name, word in named.items() if getattr(rule, name) is not None]

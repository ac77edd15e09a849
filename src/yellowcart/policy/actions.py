"""Writing rules: drafts, announcements, corrections. What is written is never edited."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.instants import iso
from yellowcart.core.outbox import audit
from yellowcart.core.problems import Problem
from yellowcart.core.tomlreader import FileError
from yellowcart.policy import events, queries
from yellowcart.policy.conflicts import check_conflicts
from yellowcart.policy.models import Boundary, PolicyDraft, RuleRevision
from yellowcart.policy.packs import read_rule
from yellowcart.policy.profiles import shipped_pack
from yellowcart.policy.rows import row_of
from yellowcart.policy.rules import Rule

_WRITERS_LOCK = 0x72756C65  # any number all writers of rules share


@transaction.atomic
def do_install_pack(platform: str, *, announced_by: datetime | None = None) -> int:
    """Write a platform's shipped history; how many rules were new.

    Doing it again adds only what a newer pack brought. ``announced_by`` leaves out what was
    announced later, for an installation whose story begins in the past.
    """
    _one_writer()
    written = set(RuleRevision.objects.values_list("key", "revision"))
    new = [
        rule
        for rule in shipped_pack(platform).rules
        if (rule.key, rule.revision) not in written
        and (announced_by is None or rule.announced_at <= announced_by)
    ]
    if new:
        _append(new, by=None, verb="policy.install")
    return len(new)


@transaction.atomic
def do_write_rules(rules: Sequence[Rule], *, by: UUID | None) -> None:
    """Append rules as they are; problem ``policy_conflict`` names everything that forbids it."""
    _one_writer()
    _append(rules, by=by, verb="policy.write")


def do_write_rule(rule: Rule, *, by: UUID | None) -> None:
    """Append one rule as it is; see :func:`do_write_rules`."""
    do_write_rules([rule], by=by)


@transaction.atomic
def do_draft_rule(
    title: str, body: Mapping[str, Any], *, by: UUID | None, draft_id: UUID | None = None
) -> PolicyDraft:
    """Keep a draft, a new one or an existing one changed. Nobody is told.

    ``body`` has the keys of a pack's ``[[rule]]`` (JSON; ``announced_at`` is not needed). Problem
    ``rule_invalid`` lists what is wrong with it.
    """
    read_body(body, now())
    draft = PolicyDraft(created_by=by) if draft_id is None else _open_draft(draft_id)
    draft.title, draft.body = title, dict(body)
    draft.rehearsal, draft.rehearsed_at = None, None
    draft.save()
    audit(by, "policy.draft", f"draft:{draft.id}", title=title)
    return draft


def draft_rule(draft_id: UUID) -> Rule:
    """The rule a draft would be if it were announced now; problems as for announcing."""
    draft = queries.draft(draft_id)
    if draft is None:
        raise Problem("unknown_draft", 404, _("There is no such draft."))
    return read_body(draft.body, now())


@transaction.atomic
def do_keep_rehearsal(draft_id: UUID, rehearsal: Mapping[str, Any]) -> PolicyDraft:
    """Keep with a draft what its rehearsal found."""
    draft = _open_draft(draft_id)
    draft.rehearsal, draft.rehearsed_at = dict(rehearsal), now()
    draft.save(update_fields=["rehearsal", "rehearsed_at"])
    return draft


@transaction.atomic
def do_drop_draft(draft_id: UUID, *, by: UUID | None) -> None:
    """Give a draft up."""
    draft = _open_draft(draft_id)
    draft.state = "dropped"
    draft.save(update_fields=["state"])
    audit(by, "policy.drop", f"draft:{draft.id}")


@transaction.atomic
def do_announce(draft_id: UUID, *, by: UUID | None) -> Rule:
    """Announce a draft: from now on it is a rule, and everybody it hits is told.

    A draft whose key is already a rule becomes that rule's next revision. Problems:
    ``rule_invalid``, ``rule_in_the_past`` where it would begin before it is announced,
    ``policy_conflict``.
    """
    _one_writer()
    draft = _open_draft(draft_id)
    announced = now()
    rule = read_body(draft.body, announced)
    earlier = queries.revisions(rule.key)
    if rule.effective_from < announced:
        raise Problem(
            "rule_in_the_past",
            409,
            _("It would begin at %(begins)s, before it is announced. Choose a later instant."),
            params={"begins": iso(rule.effective_from)},
        )
    rule = replace(
        rule,
        revision=earlier[-1].revision + 1 if earlier else 1,
        announced_at=announced,
        written_at=announced,
    )
    _append([rule], by=by, verb="policy.announce")
    draft.state, draft.announced_at, draft.rule_key = "announced", announced, rule.key
    draft.save(update_fields=["state", "announced_at", "rule_key"])
    return rule


@transaction.atomic
def do_withdraw(key: str, *, by: UUID | None) -> list[Rule]:
    """Take a rule back from now on, as a further revision; the revision's periods.

    What already held stays true of the past: a period in force ends now, one to come is gone.
    A rule that never took effect is withdrawn altogether. Problem ``unknown_rule``, or
    ``rule_ended`` where nothing is left to take back.
    """
    _one_writer()
    earlier = queries.revisions(key)
    if not earlier:
        raise Problem("unknown_rule", 404, _("There is no rule “%(key)s”."), params={"key": key})
    instant = now()
    latest = [rule for rule in earlier if rule.revision == earlier[-1].revision]
    if latest[0].withdrawn or all(
        rule.effective_until is not None and rule.effective_until <= instant for rule in latest
    ):
        raise Problem(
            "rule_ended",
            409,
            _("“%(key)s” is over; nothing is left to take back."),
            params={"key": key},
        )
    fields: dict[str, Any] = {"revision": latest[0].revision + 1, "written_at": instant}
    begun = [
        replace(rule, **fields, effective_until=min(rule.effective_until or instant, instant))
        for rule in latest
        if rule.effective_from < instant
    ]
    rules = begun or [replace(latest[0], **fields, withdrawn=True)]
    _append(rules, by=by, verb="policy.withdraw")
    return rules


def do_mark_swept(instants: Sequence[datetime], *, barred: int, restored: int, rooms: int) -> None:
    """Record, in the sweep's own transaction, that these boundaries are done with.

    What the sweep did is counted at the last of them.
    """
    done = now()
    Boundary.objects.filter(instant__in=instants, swept_at=None).update(swept_at=done)
    if instants:
        Boundary.objects.filter(instant=max(instants)).update(
            barred=barred, restored=restored, rooms=rooms
        )


def _one_writer() -> None:
    """Rules are checked against each other, so they are written one writer at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITERS_LOCK])


def _append(rules: Sequence[Rule], *, by: UUID | None, verb: str) -> None:
    conflicts = check_conflicts(rules, queries.all_rules())
    if conflicts:
        raise conflict_problem(
            [conflict.message.in_language(get_language() or "en") for conflict in conflicts]
        )
    # What a correction or a rule of the past changes, it changes at once: a boundary of its own.
    instant = now()
    at_once = any(rule.effective_from <= instant or rule.revision > 1 for rule in rules)
    rows = [row_of(rule, platform=settings.PLATFORM, written_by=by) for rule in rules]
    RuleRevision.objects.bulk_create(rows)
    edges = (edge for rule in rules for edge in (rule.effective_from, rule.effective_until))
    _mark_boundaries(
        {edge for edge in edges if edge is not None} | ({instant} if at_once else set())
    )
    for key, revision in sorted({(rule.key, rule.revision) for rule in rules}):
        audit(by, verb, f"rule:{key}", revision=revision)
    events.announce(rules)
    queries.forget()
    transaction.on_commit(queries.forget)


def _mark_boundaries(instants: set[datetime]) -> None:
    Boundary.objects.bulk_create(
        [Boundary(instant=instant) for instant in sorted(instants)], ignore_conflicts=True
    )


def conflict_problem(sentences: Sequence[str]) -> Problem:
    """Problem ``policy_conflict``: what a rule collides with, each in a sentence."""
    return Problem(
        "policy_conflict",
        409,
        _("This rule can't be written beside the others: %(why)s"),
        params={"why": " · ".join(sentences)},
        extra={"conflicts": list(sentences)},
    )


def read_body(body: Mapping[str, Any], announced_at: datetime) -> Rule:
    """The rule a draft would be; problem ``rule_invalid`` with every key that is wrong."""
    try:
        return read_rule(
            body,
            platform=settings.PLATFORM,
            announced_at=announced_at,
            sources=queries.known_sources(),
        )
    except FileError as error:
        language = get_language() or "en"
        errors = [
            {"where": problem.key, "message": problem.message.in_language(language)}
            for problem in error.problems
        ]
        raise Problem(
            "rule_invalid",
            422,
            _("Some of the rule can't be read: %(why)s"),
            params={"why": " · ".join(f"{each['where']}: {each['message']}" for each in errors)},
            extra={"errors": errors},
        ) from error


def _open_draft(draft_id: UUID) -> PolicyDraft:
    draft = PolicyDraft.objects.select_for_update(no_key=True).filter(id=draft_id).first()
    if draft is None:
        raise Problem("unknown_draft", 404, _("There is no such draft."))
    if draft.state != "draft":
        raise Problem(
            "draft_closed", 409, _("This draft was already announced or dropped. Write a new one.")
        )
    return draft

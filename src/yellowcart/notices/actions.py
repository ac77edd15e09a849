"""Telling those whom a rule hits, and hearing them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.supply import convertible
from yellowcart.core import clock
from yellowcart.core.clock import now
from yellowcart.core.outbox import audit
from yellowcart.core.problems import Problem
from yellowcart.core.texts import Text
from yellowcart.notices import events, queries, wording
from yellowcart.notices.hits import Effect, Hit, hits_of, with_and_without
from yellowcart.notices.models import (
    NOTHING_TO_APPEAL,
    PERMIT_STAGE,
    Appeal,
    Notice,
    StageRun,
)
from yellowcart.notices.rules import WITHDRAWN, Due, due_at, is_taken_back, next_due
from yellowcart.people.models import Account
from yellowcart.policy import queries as policy
from yellowcart.policy.rules import Rule
from yellowcart.policy.words import SURFACES
from yellowcart.sources.models import Source

_MOST_PRODUCTS: Final = 100
_LONGEST_WORDS: Final = 4_000
#: From the gravest: what a party's notice is about where a rule does several things to it.
_GRAVITY: Final = (Effect.BARRED, Effect.TASK, Effect.FEE, Effect.OPENED)


def send_duty() -> datetime | None:
    """The worker's duty: send what is due; the instant at which to be asked again.

    While a boundary waits to be swept nothing is sent: carts come first.
    """
    at = clock.now()
    if policy.unswept(at):
        return None
    do_send_due(at)
    return next_due(policy.table().in_force, at)


def do_send_due(at: datetime) -> int:
    """Send every notice whose stage has come by ``at`` and was not sent; how many were.

    Each stage of each rule is one transaction and happens once, whoever runs this how often.
    """
    table = policy.table()
    done = queries.runs()
    sent = 0
    for due in due_at(table.in_force, at):
        if _run_key(due) not in done:
            sent += _do_send(due, table.rules)
    for rule in _taken_back(table.rules, at):
        due = Due(rule, WITHDRAWN, rule.known_since)
        if _run_key(due) not in done:
            sent += _do_tell_withdrawn(due)
    return sent


@transaction.atomic
def do_read(account: Account, notice_id: UUID) -> Notice:
    """Leave a read receipt; the first reading counts. Problem ``notice_not_found``."""
    notice = queries.access_notice(account, notice_id)
    if notice.read_at is None:
        notice.read_at = now()
        notice.save(update_fields=["read_at"])
    return notice


@transaction.atomic
def do_appeal(account: Account, notice_id: UUID, words: str) -> Appeal:
    """Ask to have a rule's effect looked at again, once for each notice.

    Problems: ``notice_not_found``, ``appeal_words`` where nothing or too much is said,
    ``appeal_exists``, ``appeal_elsewhere`` for a decision about a permit.
    """
    notice = queries.access_notice(account, notice_id)
    if notice.stage in NOTHING_TO_APPEAL:
        raise Problem("appeal_elsewhere", 409, _("There is nothing to appeal in this notice."))
    if notice.stage == PERMIT_STAGE:
        raise Problem(
            "appeal_elsewhere", 409, _("Appeal this with your permits, in the creator's console.")
        )
    words = words.strip()
    if not words or len(words) > _LONGEST_WORDS:
        raise Problem(
            "appeal_words",
            422,
            _("Say in at most %(most)s characters why the rule should not apply to you."),
            params={"most": _LONGEST_WORDS},
        )
    appeal, is_new = Appeal.objects.get_or_create(notice=notice, defaults={"words": words})
    if not is_new:
        raise Problem(
            "appeal_exists", 409, _("You already appealed against this; wait for the answer.")
        )
    audit(account.id, "notice.appeal", f"notice:{notice.id}", rule=notice.rule_key)
    events.appealed(appeal.id, notice.id, notice.rule_key)
    return appeal


@transaction.atomic
def do_answer_appeal(appeal_id: UUID, *, upheld: bool, answer: str, by: UUID) -> Appeal:
    """Answer an appeal in words. What follows for the rule, the operator writes as a rule.

    Problems: ``appeal_not_found``, ``appeal_answered``, ``appeal_words``.
    """
    appeal = Appeal.objects.select_for_update(no_key=True).filter(id=appeal_id).first()
    if appeal is None:
        raise Problem("appeal_not_found", 404, _("There is no such appeal."))
    if appeal.state != "open":
        raise Problem("appeal_answered", 409, _("This appeal was already answered."))
    if not answer.strip():
        raise Problem("appeal_words", 422, _("Give your reasons in a few words."))
    appeal.state = "upheld" if upheld else "rejected"
    appeal.answer, appeal.answered_by, appeal.answered_at = answer.strip(), by, now()
    appeal.save()
    audit(by, "appeal.answer", f"appeal:{appeal.id}", state=appeal.state)
    events.answered(appeal.id, appeal.notice.account_id, appeal.state)
    return appeal


def _run_key(due: Due) -> tuple[str, int, datetime, str]:
    return (due.rule.key, due.rule.revision, due.rule.effective_from, due.stage)


@transaction.atomic
def _do_send(due: Due, rules: Sequence[Rule]) -> int:
    run = _claim(due)
    if run is None:
        return 0
    rule = due.rule
    before, after = with_and_without(rules, {rule.key})
    hits = hits_of(before, after, rule.effective_from, {rule.key})
    sources = _source_names()
    clickable = convertible({hit.product_id for hit in hits if hit.integration == "link"})
    zone = ZoneInfo(settings.TIME_ZONE)
    notices = []
    for (account, party, shop_id), own in _parties(hits).items():
        share = _share(own, clickable, sources)
        head = wording.title(due.stage, rule, share)
        body = wording.body(due.stage, party, rule, share, zone)
        hit = _hit_json(share, own, clickable)
        notices.append(_notice(due, (account, party, shop_id), (head, body), hit))
    return _deliver(run, due, notices)


@transaction.atomic
def _do_tell_withdrawn(due: Due) -> int:
    """Tell everybody who was told of an earlier revision of the rule."""
    run = _claim(due)
    if run is None:
        return 0
    told = (
        Notice.objects.filter(rule_key=due.rule.key, rule_revision__lt=due.rule.revision)
        .exclude(stage=PERMIT_STAGE)
        .values_list("account_id", "party", "shop_id")
        .distinct()
        .order_by("account_id", "party", "shop_id")
    )
    words = wording.withdrawn(due.rule)
    return _deliver(run, due, [_notice(due, recipient, words, {}) for recipient in told])


def _claim(due: Due) -> StageRun | None:
    """The right to send a stage, or ``None`` where it was sent."""
    run, is_new = StageRun.objects.get_or_create(
        rule_key=due.rule.key,
        rule_revision=due.rule.revision,
        effective_at=due.rule.effective_from,
        stage=due.stage,
    )
    return run if is_new else None


def _deliver(run: StageRun, due: Due, notices: Sequence[Notice]) -> int:
    Notice.objects.bulk_create(notices, batch_size=500, ignore_conflicts=True)
    run.notices = len(notices)
    run.save(update_fields=["notices"])
    if notices:
        events.sent(due, sorted({notice.account_id for notice in notices}))
    return len(notices)


def _taken_back(rules: Iterable[Rule], at: datetime) -> list[Rule]:
    """Rules that were taken back by ``at``, each in its latest revision."""
    latest: dict[str, Rule] = {}
    for rule in rules:
        if rule.key not in latest or latest[rule.key].revision <= rule.revision:
            latest[rule.key] = rule
    return [rule for rule in latest.values() if is_taken_back(rule) and rule.known_since <= at]


_Recipient = tuple[UUID, str, UUID | None]


def _parties(hits: Sequence[Hit]) -> dict[_Recipient, list[Hit]]:
    """Whom to tell, and the part of the hits that is theirs."""
    members = queries.members_of_shops({hit.shop_id for hit in hits})
    speakers = queries.speakers_of_sources({hit.source for hit in hits})
    parties: dict[_Recipient, list[Hit]] = {}
    for hit in hits:
        for account in members.get(hit.shop_id, ()):
            parties.setdefault((account, "merchant", hit.shop_id), []).append(hit)
        if hit.creator_id is not None:
            parties.setdefault((hit.creator_id, "creator", None), []).append(hit)
        for account in speakers.get(hit.source, ()):
            parties.setdefault((account, "source", None), []).append(hit)
    return parties


def _share(own: Sequence[Hit], clickable: set[UUID], sources: Mapping[str, Text]) -> wording.Share:
    effect = min((hit.effect for hit in own), key=_GRAVITY.index)
    struck = [hit for hit in own if hit.effect is effect]
    opened = set(struck[0].after.open_surfaces).intersection(
        *(hit.after.open_surfaces for hit in struck)
    )
    return wording.Share(
        effect=effect,
        listings=len(struck),
        rooms=len({hit.container_id for hit in struck if hit.room_state is not None}),
        convertible=sum(hit.product_id in clickable for hit in struck),
        sources=tuple(
            sources.get(source, Text(source, source))
            for source in sorted({hit.source for hit in struck})
        ),
        surfaces=_in_order({hit.surface for hit in struck}),
        open_surfaces=_in_order(opened),
        titles=tuple(dict.fromkeys(hit.title for hit in struck)),
    )


def _in_order(surfaces: set[str]) -> tuple[str, ...]:
    return tuple(surface for surface in SURFACES if surface in surfaces)


def _hit_json(share: wording.Share, own: Sequence[Hit], clickable: set[UUID]) -> dict[str, Any]:
    products = list(dict.fromkeys(str(hit.product_id) for hit in own))
    return {
        "effect": share.effect.value,
        "listings": share.listings,
        "rooms": share.rooms,
        "surfaces": list(share.surfaces),
        "open_surfaces": list(share.open_surfaces),
        "sources": sorted({hit.source for hit in own}),
        "products": products[:_MOST_PRODUCTS],
        "convertible": [
            str(product)
            for product in dict.fromkeys(hit.product_id for hit in own)
            if product in clickable
        ][:_MOST_PRODUCTS],
    }


def _notice(
    due: Due, recipient: _Recipient, words: tuple[Text, Text], hit: dict[str, Any]
) -> Notice:
    account, party, shop_id = recipient
    head, body = words
    return Notice(
        account_id=account,
        party=party,
        shop_id=shop_id,
        rule_key=due.rule.key,
        rule_revision=due.rule.revision,
        stage=due.stage,
        effective_at=due.rule.effective_from,
        title_en=head.en,
        title_zh=head.zh,
        body_en=body.en,
        body_zh=body.zh,
        hit=hit,
    )


def _source_names() -> dict[str, Text]:
    return {source.code: Text(source.name_en, source.name_zh) for source in Source.objects.all()}

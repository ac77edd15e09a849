"""Disputes about sales elsewhere: raised by whoever says that it was theirs, answered and ended by
the platform. Every step is kept and stands in the audit log.

Who asks learns nothing about a sale that is not theirs, not even whether it was told.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Click
from yellowcart.orders import events
from yellowcart.orders.conversions import announcement, credit
from yellowcart.orders.jumpout_models import OPEN_DISPUTES, ConversionDispute, DisputeStep
from yellowcart.orders.models import Conversion
from yellowcart.people import queries as people
from yellowcart.people.access import forbidden
from yellowcart.people.models import Account
from yellowcart.shops.queries import access_shop
from yellowcart.sources.models import Source

LEAST_WORDS: Final = 5
MOST_WORDS: Final = 500
#: How far before a sale clicks are offered to an operator who looks for the one that led to it.
LOOK_BACK: Final = timedelta(days=60)
MOST_CLICKS: Final = 30


@transaction.atomic
def do_raise_dispute(
    actor: Account, *, source: str, external_order_id: str, words: str, shop_id: UUID | None = None
) -> ConversionDispute:
    """Say that a sale was one's own as a creator, or as a shop's manager, or was told wrongly.

    Problems: ``shop_forbidden``, ``source_unknown``, ``dispute_order``, ``dispute_words``,
    ``dispute_open``.
    """
    if shop_id is not None:
        access_shop(actor, shop_id, "goods")
    if not Source.objects.filter(code=source).exists():
        raise Problem("source_unknown", 404, _("There is no such source here."))
    number = external_order_id.strip()
    if not 1 <= len(number) <= 100:
        raise Problem("dispute_order", 422, _("Write the order's number as the source gives it."))
    said = _words(words)
    try:
        with transaction.atomic():
            dispute = ConversionDispute.objects.create(
                source=source,
                external_order_id=number,
                shop_id=shop_id,
                creator_id=None if shop_id is not None else actor.id,
            )
    except IntegrityError as error:
        raise Problem(
            "dispute_open", 409, _("You asked about this order already; add to that.")
        ) from error
    _step(dispute, actor, "raise", said)
    return dispute


@transaction.atomic
def do_say(actor: Account, dispute_id: UUID, words: str) -> None:
    """Add to one's own dispute; one that was answered waits for the platform again."""
    dispute = _locked(dispute_id)
    access_dispute(actor, dispute, "goods")
    _still_open(dispute)
    dispute.state = "open"
    dispute.save(update_fields=["state"])
    _step(dispute, actor, "say", _words(words))


@transaction.atomic
def do_withdraw(actor: Account, dispute_id: UUID) -> None:
    """Let one's own dispute rest."""
    dispute = _locked(dispute_id)
    access_dispute(actor, dispute, "goods")
    _end(dispute, actor, "withdrawn", "withdraw", "")


@transaction.atomic
def do_answer(actor: Account, dispute_id: UUID, words: str) -> None:
    """The platform answers or asks back; the dispute stays open."""
    _operator(actor)
    dispute = _locked(dispute_id)
    _still_open(dispute)
    dispute.state = "answered"
    dispute.save(update_fields=["state"])
    _step(dispute, actor, "answer", _words(words))


@transaction.atomic
def do_refuse(actor: Account, dispute_id: UUID, words: str) -> None:
    """The platform ends a dispute with a reason; the sale stays as it is."""
    _operator(actor)
    dispute = _locked(dispute_id)
    row = Conversion.objects.filter(
        source=dispute.source, external_order_id=dispute.external_order_id
    ).first()
    _end(dispute, actor, "refused", "refuse", _words(words), _holder(dispute, row))


@transaction.atomic
def do_match(actor: Account, dispute_id: UUID, click_id: UUID, words: str) -> Conversion:
    """The platform names the click that led to the sale; its commission is parted anew.

    The click is the asking party's. Problems: ``forbidden``, ``dispute_ended``, ``sale_not_told``,
    ``click_unfit``, ``dispute_words``.
    """
    _operator(actor)
    dispute = _locked(dispute_id)
    _still_open(dispute)
    said = _words(words)
    # As when the source tells of it: one at a time for a source.
    source = Source.objects.select_for_update(no_key=True).get(code=dispute.source)
    row = Conversion.objects.filter(
        source=dispute.source, external_order_id=dispute.external_order_id
    ).first()
    if row is None:
        raise Problem("sale_not_told", 409, _("The source has not told of this sale yet."))
    if row.status == "closed":
        raise Problem("sale_revoked", 409, _("The source has revoked this sale."))
    click = clicks_for(dispute, row).filter(id=click_id).select_related("listing").first()
    if click is None:
        raise Problem(
            "click_unfit", 422, _("Choose a click of theirs from before the sale, on this source.")
        )
    before, holder = row.click_id, _holder(dispute, row)
    credit(row, click, source, told_plan=row.plan, by="hand")
    row.save()
    outbox.append_all([announcement(row)])
    dispute.click_id = click.id
    dispute.save(update_fields=["click_id"])
    _end(dispute, actor, "matched", "match", said, holder)
    outbox.audit(
        actor.id,
        "conversion.credited",
        f"conversion:{row.id}",
        click=str(click.id),
        before=str(before) if before else "",
    )
    return row


def clicks_for(dispute: ConversionDispute, row: Conversion | None) -> QuerySet[Click]:
    """Clicks of the asking party that may have led to a sale, the latest before it first."""
    if row is None:
        return Click.objects.none()
    found = Click.objects.filter(
        source=dispute.source, at__lte=row.ordered_at, at__gt=row.ordered_at - LOOK_BACK
    )
    if dispute.shop_id is not None:
        found = found.filter(shop_id=dispute.shop_id)
    else:
        found = found.filter(creator_id=dispute.creator_id)
    return found.order_by("-at", "-id")


def disputes(
    *, shop_id: UUID | None = None, creator_id: UUID | None = None, only_open: bool = False
) -> QuerySet[ConversionDispute]:
    """Those of a shop or a creator, or everybody's: first what waits for the platform, then what
    it answered and is open all the same, then what ended."""
    found = ConversionDispute.objects.prefetch_related("steps")
    if shop_id is not None:
        found = found.filter(shop_id=shop_id)
    if creator_id is not None:
        found = found.filter(creator_id=creator_id)
    if only_open:
        found = found.filter(state__in=OPEN_DISPUTES)
    return found.order_by(F("ended_at").desc(nulls_first=True), "-state", "-opened_at", "-id")


def open_numbers(rows: Iterable[Conversion]) -> set[tuple[str, str]]:
    """Which of these sales somebody disputes now, by source and number."""
    wanted = {(row.source, row.external_order_id) for row in rows}
    found = ConversionDispute.objects.filter(
        source__in={one[0] for one in wanted},
        external_order_id__in={one[1] for one in wanted},
        state__in=OPEN_DISPUTES,
    )
    return set(found.values_list("source", "external_order_id")) & wanted


def access_dispute(account: Account, dispute: ConversionDispute, capability: str = "view") -> None:
    """Whoever raised it, or the shop's people; ``dispute_not_found`` for everybody else."""
    if dispute.shop_id is not None:
        access_shop(account, dispute.shop_id, capability)
    elif dispute.creator_id != account.id:
        raise _not_found()


def disputed() -> Exists:
    """The sales of which somebody disputes something now."""
    return Exists(
        ConversionDispute.objects.filter(
            source=OuterRef("source"),
            external_order_id=OuterRef("external_order_id"),
            state__in=OPEN_DISPUTES,
        )
    )


def _locked(dispute_id: UUID) -> ConversionDispute:
    row = ConversionDispute.objects.select_for_update(no_key=True).filter(id=dispute_id).first()
    if row is None:
        raise _not_found()
    return row


def _not_found() -> Problem:
    return Problem("dispute_not_found", 404, _("There is no such dispute among yours."))


def _still_open(dispute: ConversionDispute) -> None:
    if dispute.state not in OPEN_DISPUTES:
        raise Problem("dispute_ended", 409, _("This dispute has ended."))


class _Holder(NamedTuple):
    """To whom a sale is credited."""

    shop_id: UUID | None = None
    creator_id: UUID | None = None


_NOBODY: Final = _Holder()


def _holder(dispute: ConversionDispute, row: Conversion | None) -> _Holder:
    """Who has a sale that somebody else disputes: the creator whose click it was, else the shop."""
    if row is None or row.click_id is None:
        return _NOBODY
    asks = {dispute.shop_id, dispute.creator_id} - {None}
    if asks & {row.creator_id, row.shop_id}:
        return _NOBODY
    return _Holder(None if row.creator_id else row.shop_id, row.creator_id)


def _end(
    dispute: ConversionDispute,
    actor: Account,
    state: str,
    verb: str,
    words: str,
    holder: _Holder = _NOBODY,
) -> None:
    _still_open(dispute)
    dispute.state, dispute.ended_at = state, now()
    dispute.save(update_fields=["state", "ended_at"])
    _step(dispute, actor, verb, words, holder)


def _step(
    dispute: ConversionDispute, actor: Account, verb: str, words: str, holder: _Holder = _NOBODY
) -> None:
    step = DisputeStep.objects.create(dispute=dispute, verb=verb, words=words, actor_id=actor.id)
    outbox.append_all([_stepped(dispute, step, holder)])
    outbox.audit(
        actor.id,
        f"dispute.{verb}",
        f"dispute:{dispute.id}",
        source=dispute.source,
        order=dispute.external_order_id,
        words=words,
    )


def _stepped(dispute: ConversionDispute, step: DisputeStep, holder: _Holder) -> OutboxEvent:
    payload = events.DisputeStepped(
        dispute_id=str(dispute.id),
        step_id=str(step.id),
        verb=step.verb,
        source=dispute.source,
        external_order_id=dispute.external_order_id,
        holder_shop_id=str(holder.shop_id) if holder.shop_id else None,
        holder_creator_id=str(holder.creator_id) if holder.creator_id else None,
    )
    event = OutboxEvent(topic=events.DISPUTE_STEPPED, payload=asdict(payload))
    if dispute.shop_id is not None:
        event.shop_id = dispute.shop_id
    return event


def _words(words: str) -> str:
    said = words.strip()
    if not LEAST_WORDS <= len(said) <= MOST_WORDS:
        raise Problem(
            "dispute_words",
            422,
            _("Give a reason in %(least)s to %(most)s characters."),
            params={"least": LEAST_WORDS, "most": MOST_WORDS},
        )
    return said


def _operator(actor: Account) -> None:
    if not people.is_operator(actor):
        raise forbidden(_("Only the platform's operators settle disputes about sales elsewhere."))

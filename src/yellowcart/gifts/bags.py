"""Lucky bags: opened by a host, entered by viewers who meet the conditions.

The draw is in :mod:`gifts.drawing`, what winners get in :mod:`gifts.prizes`.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from yellowcart.core import clock, outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.instants import iso
from yellowcart.gifts import draw, events, prizes, problems, rules, wallets
from yellowcart.gifts.actions import check_open, check_welcome
from yellowcart.gifts.models import Bag, BagEntry, Prize, Watch
from yellowcart.gifts.packs import bag_terms, coin_terms
from yellowcart.gifts.rules import Deeds, Needs
from yellowcart.gifts.terms import BagTerms
from yellowcart.gifts.topups import check_key
from yellowcart.gifts.values import NewBag
from yellowcart.live.models import ChatMessage, Room
from yellowcart.live.queries import access_hosted, get_room, role_in
from yellowcart.orders.models import Order
from yellowcart.people import queries as people
from yellowcart.people.models import Account

LONGEST_TITLE: Final = 120


@transaction.atomic
def do_open_bag(*, actor: Account, room_id: UUID, wanted: NewBag, idempotency_key: str) -> Bag:
    """Open a bag in one's live room and publish what its draw is bound to.

    The prizes are set aside at once: coins are paid for, pieces of goods are held. The same key
    again gives the same bag. Problems: ``room_not_found``, ``not_your_room``, ``room_not_live``,
    ``bag_active``, ``bag_invalid`` with ``why``, those of :mod:`gifts.funding`, ``sold_out``.
    """
    check_key(idempotency_key)
    room = access_hosted(actor, room_id)
    at = now()
    terms = bag_terms(at)
    wallets.lock(actor.id, coin_terms(at).currency)
    known = Bag.objects.filter(host_id=actor.id, idempotency_key=idempotency_key).first()
    if known is not None:
        if known.room_id != room.id:
            raise problems.key_taken()
        return known
    check_open(room)
    _check(terms, wanted)
    bag = Bag(
        id=new_id(),
        room_id=room.id,
        host_id=actor.id,
        title=" ".join(wanted.title.split()),
        prize=wanted.prize,
        winners=wanted.winners,
        must_follow=wanted.must_follow,
        must_say=" ".join(wanted.must_say.split()),
        must_watch_seconds=wanted.must_watch_seconds,
        must_buy=wanted.must_buy,
        opens_at=at,
        # Whole seconds: the instant is part of what is hashed, and people copy it by hand.
        closes_at=(at + timedelta(seconds=wanted.seconds)).replace(microsecond=0),
        seed=secrets.token_hex(32),
        idempotency_key=idempotency_key,
    )
    bag.commit = draw.commitment(bag.seed, str(bag.id), bag.winners, iso(bag.closes_at))
    slots = [
        Prize(id=new_id(), bag_id=bag.id, number=number) for number in range(1, bag.winners + 1)
    ]
    prizes.do_set_aside(actor, room, bag, slots, wanted, terms)
    try:
        with transaction.atomic():
            bag.save(force_insert=True)
    except IntegrityError as error:
        if "gifts_bag_one_active" in str(error):
            raise problems.bag_active() from error
        raise
    Prize.objects.bulk_create(slots)
    outbox.audit(
        actor.id, "bag.open", f"bag:{bag.id}", room=str(room.id), prize=bag.prize, commit=bag.commit
    )
    events.bag(room.id, bag.id)
    return bag


def _check(terms: BagTerms, wanted: NewBag) -> None:
    if not 1 <= len(" ".join(wanted.title.split())) <= LONGEST_TITLE:
        raise problems.bag_invalid("title")
    if rules.barred_word(wanted.title, terms.barred_words) is not None:
        raise problems.bag_invalid("barred")
    if wanted.prize not in {"coins", "coupon", "product"}:
        raise problems.bag_invalid("prize")
    if not 1 <= wanted.winners <= terms.most_winners:
        raise problems.bag_invalid("winners", most=terms.most_winners)
    if not terms.shortest_seconds <= wanted.seconds <= terms.longest_seconds:
        raise problems.bag_invalid(
            "duration", least=terms.shortest_seconds, most=terms.longest_seconds
        )
    if len(" ".join(wanted.must_say.split())) > rules.LONGEST_SAYING:
        raise problems.bag_invalid("say", most=rules.LONGEST_SAYING)
    if rules.has_emoji(wanted.must_say):
        raise problems.bag_invalid("emoji")
    longest_watch = wanted.seconds - terms.watch_margin_seconds
    if wanted.must_watch_seconds < 0 or (wanted.must_watch_seconds > max(longest_watch, 0)):
        raise problems.bag_invalid("watch", least=terms.watch_margin_seconds)
    if wanted.must_buy and not terms.allows_purchase:
        raise problems.bag_invalid("buy")


@transaction.atomic
def do_enter(*, actor: Account, bag_id: UUID, nonce: str = "") -> BagEntry:
    """Enter an open bag; once, again gives the same entry.

    ``nonce`` is a number of one's own choosing in hexadecimal, which is mixed into the draw;
    without it one is made here. Problems: ``bag_not_found``, ``bag_over``, ``bag_needs`` with what
    is ``unmet``, ``host_may_not_enter``, ``not_welcome``, ``nonce_invalid``, ``too_young``.
    """
    # Shared, so that entrants do not wait for each other and the closing waits for all of them.
    bag = Bag.objects.raw("SELECT * FROM gifts_bag WHERE id = %s FOR SHARE", [bag_id])
    found = next(iter(bag), None)
    if found is None:
        raise problems.bag_not_found()
    known = BagEntry.objects.filter(bag_id=found.id, account_id=actor.id).first()
    if known is not None:
        return known
    at = now()
    if found.state != "open" or at >= found.closes_at:
        raise problems.bag_over()
    if nonce and not draw.NONCE.match(nonce):
        raise problems.nonce_invalid()
    room = get_room(found.room_id)
    if role_in(actor, room) != "viewer":
        raise problems.host_may_not_enter()
    check_welcome(actor, room)
    wallets.check_age(actor, coin_terms(at))
    missing = rules.unmet(needs_of(found), deeds_of(actor, found, room))
    if missing:
        raise problems.needs_unmet(missing)
    entry, is_new = BagEntry.objects.get_or_create(
        bag_id=found.id,
        account_id=actor.id,
        defaults={
            "name": actor.display_name[:60],
            "pseudonym": secrets.token_hex(8),
            "nonce": nonce or secrets.token_hex(16),
            "at": at,
        },
    )
    if is_new:
        events.bag(found.room_id, found.id)
    return entry


def needs_of(bag: Bag) -> Needs:
    """The conditions of a bag."""
    return Needs(bag.must_follow, bag.must_say, bag.must_watch_seconds, bag.must_buy)


def deeds_of(account: Account, bag: Bag, room: Room) -> Deeds:
    """What somebody did of what a bag asks; only what it asks is looked up."""
    said: frozenset[str] = frozenset()
    if bag.must_say:
        rows = ChatMessage.objects.filter(
            room_id=room.id, account_id=account.id, hidden_at__isnull=True, at__gte=bag.opens_at
        ).order_by("-id")
        said = frozenset(rules.plain(text) for text in rows.values_list("text", flat=True)[:200])
    watch = None
    if bag.must_watch_seconds:
        watch = Watch.objects.filter(bag_id=bag.id, account_id=account.id).first()
    return Deeds(
        follows=bag.must_follow and people.is_following(account.id, room.creator_id),
        said=said,
        watched_seconds=watch.seconds if watch else 0,
        bought=bag.must_buy
        and Order.objects.filter(
            buyer_id=account.id, container_id=room.id, paid_at__gte=bag.opens_at
        ).exists(),
    )


@transaction.atomic
def do_beat(*, actor: Account, bag_id: UUID) -> float:
    """Somebody still watches the room of a bag that asks for it; the seconds they watched.

    Beats come every half minute; time that passes between two of them counts, so that nobody
    can have watched longer than the bag has been open. ``bag_not_found``, ``bag_over``.
    """
    bag = Bag.objects.filter(id=bag_id).first()
    if bag is None:
        raise problems.bag_not_found()
    at = now()
    if bag.state != "open" or at >= bag.closes_at:
        raise problems.bag_over()
    Watch.objects.bulk_create(
        [Watch(bag_id=bag.id, account_id=actor.id, beat_at=at)], ignore_conflicts=True
    )
    row = Watch.objects.select_for_update(no_key=True).get(bag_id=bag.id, account_id=actor.id)
    seconds = _counted(row, at)
    Watch.objects.filter(bag_id=bag.id, account_id=actor.id).update(seconds=seconds, beat_at=at)
    return seconds


def _counted(row: Watch, at: datetime) -> float:
    return rules.watched(row.seconds, row.beat_at, at, clock.timeline().speed)

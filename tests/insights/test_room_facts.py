"""Facts of a room, from what sockets tell to the rows of its minutes."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.rooms import make_goods, make_room, mount

from yellowcart.core import outbox
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.insights.models import ListingMinute, RoomMinute, RoomViewer
from yellowcart.insights.room_facts import LOOKED, Tally, minute_of

AT = parse_instant("2021-11-15T20:00:05+08:00")
LATER = timedelta(minutes=2)


def write(tally: Tally, at: datetime = AT, online: dict[UUID, int] | None = None) -> None:
    with connection.cursor() as cursor:
        for statement, values in tally.take(online or {}, at):
            cursor.execute(statement, values)


def minutes(room_id: UUID) -> list[tuple[int, int]]:
    rows = RoomMinute.objects.filter(room_id=room_id).order_by("minute")
    return list(rows.values_list("viewers", "entries"))


@pytest.mark.django_db
def test_a_viewer_counts_once_and_each_visit_is_an_entry() -> None:
    room, anna, guest = make_room(), new_id(), new_id()
    tally = Tally()
    tally.came(room.id, anna, guest=False, at=AT)
    tally.came(room.id, anna, guest=False, at=AT)  # a second window
    tally.came(room.id, guest, guest=True, at=AT)
    write(tally)
    assert minutes(room.id) == [(2, 2)]

    # The line breaks for ten seconds: the same visit. Two minutes later: another one.
    tally.left(room.id, anna, since=AT, at=AT + timedelta(seconds=30))
    write(tally)
    tally.came(room.id, anna, guest=False, at=AT + timedelta(seconds=40))
    write(tally)
    assert minutes(room.id) == [(2, 2)]
    tally.left(room.id, anna, since=AT + timedelta(seconds=40), at=AT + timedelta(seconds=50))
    tally.came(room.id, anna, guest=False, at=AT + LATER)
    write(tally)
    assert minutes(room.id) == [(2, 2), (0, 1)]
    row = RoomViewer.objects.get(room_id=room.id, viewer_id=anna)
    assert (row.entries, row.seconds, row.guest) == (2, 40, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "practice"), [("ended", False), ("cancelled", False), ("live", True)]
)
def test_a_room_that_is_over_or_in_practice_counts_nothing(state: str, practice: bool) -> None:
    room = make_room(state=state, practice=practice)
    listing = mount(room, make_goods())
    tally = Tally()
    tally.came(room.id, new_id(), guest=True, at=AT)
    tally.looked(room.id, new_id(), AT, seen=[listing.id])
    write(tally, online={room.id: 3})
    assert not RoomMinute.objects.filter(room_id=room.id).exists()
    assert not RoomViewer.objects.filter(room_id=room.id).exists()
    assert not ListingMinute.objects.filter(room_id=room.id).exists()


@pytest.mark.django_db
def test_only_listings_of_the_room_are_counted_whatever_a_client_says() -> None:
    room, other = make_room(), make_room()
    mine, theirs = mount(room, make_goods()), mount(other, make_goods())
    tally = Tally()
    tally.looked(room.id, new_id(), AT, seen=[mine.id, theirs.id, new_id()], opened=[mine.id])
    tally.looked(room.id, new_id(), AT, seen=[mine.id])
    write(tally)
    rows = ListingMinute.objects.values_list("room_id", "listing_id", "seen", "opened")
    assert list(rows) == [(room.id, mine.id, 2, 1)]


@pytest.mark.django_db
def test_the_most_of_a_minute_stays() -> None:
    room = make_room()
    for online in (3, 9, 4):
        write(Tally(), online={room.id: online})
    assert RoomMinute.objects.get(room_id=room.id).online == 9


@pytest.mark.django_db
def test_messages_are_counted_by_the_minute_they_were_said_in() -> None:
    room = make_room()
    with transaction.atomic():
        for _ in range(3):
            outbox.append("room.chat", {"id": str(new_id()), "text": "hi"}, room_id=room.id)
        outbox.append("room.chat.removed", {"id": str(new_id())}, room_id=room.id)
    outbox.relay_once()
    assert sum(RoomMinute.objects.values_list("messages", flat=True)) == 3


looks = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 200), st.booleans())
)


@given(looks)
def test_a_viewer_counts_once_a_minute_for_each_listing(told: list[tuple[int, int, int, bool]]):
    room = UUID(int=9)
    tally = Tally()
    told.sort(key=lambda one: one[2])  # a process's clock goes on
    for viewer, listing, second, opened in told:
        where = {"opened" if opened else "seen": [UUID(int=listing)]}
        tally.looked(room, UUID(int=viewer), AT + timedelta(seconds=second), **where)
    expected: dict[tuple[int, datetime, bool], set[int]] = {}
    for viewer, listing, second, opened in told:
        minute = minute_of(AT + timedelta(seconds=second))
        expected.setdefault((listing, minute, opened), set()).add(viewer)
    found = {}
    for statement, values in tally.take({}, AT):
        assert statement == LOOKED
        rows = zip(
            values["listings"], values["minutes"], values["seen"], values["opened"], strict=True
        )
        for listing_id, minute, seen, opened_count in rows:
            for which, count in ((False, seen), (True, opened_count)):
                if count:
                    found[listing_id.int, minute, which] = count
    assert found == {key: len(viewers) for key, viewers in expected.items()}
    assert tally.take({}, AT) == []

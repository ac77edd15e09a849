"""What a room's sockets tell is counted, once a viewer, and never what the host does."""

import json
from uuid import UUID

from tests.factories import make_account
from tests.rooms import Server, eventually, make_goods, make_room, mount, pass_for

from yellowcart.insights.models import ListingMinute, RoomMinute, RoomViewer
from yellowcart.live.models import Room


def entered(room: Room) -> tuple[int, int]:
    rows = RoomMinute.objects.filter(room_id=room.id)
    return sum(row.viewers for row in rows), sum(row.entries for row in rows)


def looked(listing_id: UUID) -> tuple[int, int]:
    rows = ListingMinute.objects.filter(listing_id=listing_id)
    return sum(row.seen for row in rows), sum(row.opened for row in rows)


def test_viewers_and_what_they_looked_at_are_counted(server: Server) -> None:
    room, account = make_room(), make_account()
    listing = mount(room, make_goods())
    host = pass_for(room, room.creator, role="host")
    told = json.dumps({"seen": [str(listing.id)], "opened": [str(listing.id)]})
    with (
        server.viewer(room, host) as desk,
        server.viewer(room) as guest,
        server.viewer(room, pass_for(room, account)) as member,
    ):
        for viewer in (desk, guest, member):
            viewer.snapshot()
            viewer.socket.send(told)
            viewer.socket.send(told)
        eventually(lambda: looked(listing.id)[0] >= 2)
        eventually(lambda: entered(room) == (2, 2))
        eventually(lambda: RoomMinute.objects.filter(room_id=room.id, online__gte=2).exists())
    # A minute may have ended between the two frames.
    assert all(2 <= count <= 4 for count in looked(listing.id))
    ids = RoomViewer.objects.filter(room_id=room.id).values_list("viewer_id", "guest")
    assert sorted(guest for _id, guest in ids) == [False, True]
    assert room.creator_id not in dict(ids)


def test_a_frame_that_names_no_listing_is_refused(server: Server) -> None:
    room = make_room()
    with server.viewer(room) as viewer:
        viewer.socket.send('{"seen": ["nothing"], "ref": 1}')
        assert viewer.error()["code"] == "frame_invalid"

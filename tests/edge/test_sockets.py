"""Sockets of a real server: frames, recovery, refusals, several processes."""

import pytest
from tests.rooms import Server, make_goods, make_room, mount

from yellowcart.core import outbox
from yellowcart.live.actions import do_pin

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_viewer_gets_a_snapshot_and_then_what_happens(server: Server) -> None:
    room = make_room()
    listing = mount(room, make_goods())
    with server.viewer(room) as viewer:
        snapshot = viewer.snapshot()
        assert snapshot["seq"] == 0
        assert [item["listing_id"] for item in snapshot["cart"]] == [str(listing.id)]
        do_pin(room.creator, room.id, listing.id)
        outbox.relay_all()
        event = viewer.event("listing.pinned")
        assert (event["seq"], event["listing_id"]) == (1, str(listing.id))

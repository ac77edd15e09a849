"""Snapshot + events = the next snapshot, whatever happened and whenever the snapshot was taken."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction
from tests.factories import make_account, make_rule
from tests.gifts.worlds import rich, top_up
from tests.rooms import cart, make_goods, make_link, make_room

from yellowcart.core import clock, outbox
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.edge.history import Told
from yellowcart.edge.store import EventRow
from yellowcart.gifts import actions as gifts
from yellowcart.gifts import bags, drawing, packets
from yellowcart.gifts.models import Bag, Packet
from yellowcart.gifts.values import NewBag
from yellowcart.inventory.actions import do_set_stock
from yellowcart.listings import actions as listings
from yellowcart.listings.cutover import do_sweep
from yellowcart.listings.models import Listing
from yellowcart.live import actions, moderation, queries
from yellowcart.live.giving import LAST_COMBOS
from yellowcart.live.models import ChatMessage, Room, RoomEvent
from yellowcart.policy import queries as policy
from yellowcart.policy.actions import do_write_rule
from yellowcart.policy.rules import Outcome

State = dict[str, Any]


def apply(state: State, event: dict[str, Any]) -> None:  # noqa: PLR0912  one case a type
    """What a viewer's page does with an event."""
    if event["seq"] <= state["seq"]:
        return
    content = {key: value for key, value in event.items() if key not in {"seq", "type", "at"}}
    items = {item["listing_id"]: item for item in state["cart"]}
    match event["type"]:
        case "room.state":
            state.update(content)
        case "listing.mounted":
            items[content["listing_id"]] = content
        case "listing.unmounted":
            items.pop(content["listing_id"], None)
        case "cart.reordered":
            for position, listing_id in enumerate(content["order"]):
                if listing_id in items:
                    items[listing_id]["position"] = position
        case "listing.pinned":
            state["pinned_listing_id"] = content["listing_id"]
        case "cart.barred":
            for listing_id in content["listings"] + content["restored"]:
                if item := items.get(listing_id):
                    barred = listing_id in content["listings"]
                    leaves = item["integration"] == "link" and not barred
                    item["state"] = "barred" if barred else "mounted"
                    item["jump_url"] = f"/go/{listing_id}" if leaves else None
        case "stock":
            if item := items.get(content["listing_id"]):
                for sku in item["skus"]:
                    if sku["sku_id"] == content["sku_id"]:
                        sku["available"] = content["available"]
                item["available"] = sum(sku["available"] for sku in item["skus"])
        case "sold":
            if item := items.get(content["listing_id"]):
                item["sold"] = content["total"]
        case "video":
            state["video"] = content
        case "hosts":
            state.update(content)
        case "questions.closed":
            pass  # for whoever asked; kept nowhere
        case "purchases":
            pass  # shown once, kept nowhere
        case "gift":
            combo = content.pop("combo")
            combos = [one for one in state["gifts"]["combos"] if one["id"] != combo["id"]]
            combos = sorted([*combos, combo], key=lambda one: (one["at"], one["id"]))
            state["gifts"] = {**content, "combos": combos[-LAST_COMBOS:]}
        case "packet":
            packet = content["packet"]
            others = [one for one in state["packets"] if one["id"] != packet["id"]]
            kept = [*others, packet] if packet["state"] == "open" else others
            state["packets"] = sorted(kept, key=lambda one: (one["opens_at"], one["id"]))
        case "bag":
            state["bag"] = content["bag"]
        case "chat":
            state["chat"] = [said for said in state["chat"] if said["id"] != content["id"]]
            state["chat"].append(content)
        case "chat.removed":
            state["chat"] = [said for said in state["chat"] if said["id"] != content["id"]]
        case "chat.pinned":
            state["pinned_message"] = content["message"]
        case _:
            raise AssertionError(f"a page would not know {event['type']}")
    state["cart"] = sorted(items.values(), key=lambda item: item["position"])
    state["seq"] = event["seq"]


def snapshot(room: Room) -> State:
    """The room as the API shows it."""
    state: State = msgspec.json.decode(msgspec.json.encode(queries.snapshot(room.id, "en")))
    return state


def events(room: Room, since: int) -> list[dict[str, Any]]:
    """What a socket would send."""
    rows = [
        EventRow(row.room_id, row.seq, row.type, msgspec.json.encode(row.payload).decode(), row.at)
        for row in RoomEvent.objects.filter(room_id=room.id, seq__gt=since).order_by("seq")
    ]
    ask = policy.table().verdict
    return [msgspec.json.decode(Told(row).encoded(ask, "en").data) for row in rows]


def settled(state: State) -> State:
    """What must agree: everything but the clock, and the words of verdicts."""
    state = deepcopy(state)
    del state["server_time"], state["viewers"]
    for item in state["cart"]:
        del item["verdict"], item["next_verdict"]
    return state


class Evening:
    """Everything that can happen in one room, one step at a time."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.room = make_room()
        self.host = self.room.creator
        self.container = cart(self.room)
        self.viewer = rich(1_000)
        top_up(self.host, 1_000)
        shop = make_goods().shop
        self.products = [make_goods(shop, stock=self.random.randrange(20)) for _ in range(4)]
        self.products += [make_link("youzan", shop), make_link("mokuai", shop)]
        self.rules = 0
        self.steps: list[Callable[[], object]] = [
            self.mount,
            self.mount,
            self.unmount,
            self.reorder,
            self.pin,
            self.pin,
            self.limit,
            self.restock,
            self.order,
            self.order,
            self.say,
            self.hide,
            self.keep_in_sight,
            self.retitle,
            self.cut,
            self.give,
            self.give,
            self.packet,
            self.claim,
            self.bag,
            self.enter,
            self.draw,
            outbox.relay_all,
        ]

    def step(self) -> None:
        """Something happens, or is refused."""
        try:
            self.random.choice(self.steps)()
        except Problem:
            return

    def _one(self) -> Listing | None:
        rows = list(
            Listing.objects.filter(
                container_id=self.room.id, state__in=["mounted", "barred"]
            ).order_by("position")
        )
        return self.random.choice(rows) if rows else None

    def mount(self) -> None:
        listings.do_mount(self.host, self.container, self.random.choice(self.products).id)

    def unmount(self) -> None:
        if listing := self._one():
            listings.do_unmount(self.host, self.container, listing.id)

    def reorder(self) -> None:
        order = [
            listing.id
            for listing in Listing.objects.filter(
                container_id=self.room.id, state__in=["mounted", "barred"]
            )
        ]
        self.random.shuffle(order)
        listings.do_reorder(self.host, self.container, order)

    def pin(self) -> None:
        listing = self._one()
        actions.do_pin(self.host, self.room.id, listing.id if listing else None)

    def limit(self) -> None:
        if listing := self._one():
            terms = listings.Terms(purchase_limit=self.random.randrange(1, 5))
            listings.do_change_terms(self.host, self.container, listing.id, terms)

    def restock(self) -> None:
        sku = self.random.choice(self.products[:4]).skus.get()
        do_set_stock(sku.shop_id, sku.id, self.random.randrange(30), actor_id=None)

    def order(self) -> None:
        """As the lane does: stock and outbox in one transaction."""
        listing = self._one()
        if listing is None or listing.integration == "link":
            return
        sku = listing.product.skus.get()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE inventory_stock SET reserved = reserved + 1"
                " WHERE sku_id = %s AND on_hand > reserved + sold",
                [sku.id],
            )
            if cursor.rowcount:
                outbox.append(
                    "orders.placed",
                    {
                        "room_id": str(self.room.id),
                        "listing_id": str(listing.id),
                        "sku_id": str(sku.id),
                        "quantity": 1,
                    },
                    shop_id=sku.shop_id,
                )

    def say(self) -> None:
        with transaction.atomic():
            message = ChatMessage.objects.create(
                room_id=self.room.id,
                account_id=self.viewer.id,
                name="V",
                role="viewer",
                text=str(self.random.random()),
            )
            outbox.append(
                "room.chat",
                {
                    "id": str(message.id),
                    "account_id": str(self.viewer.id),
                    "name": "V",
                    "role": "viewer",
                    "text": message.text,
                },
                room_id=self.room.id,
            )

    def give(self) -> None:
        gifts.do_send(
            actor=self.viewer,
            room_id=self.room.id,
            gift=self.random.choice(["heart", "rose", "beer"]),
            quantity=self.random.randrange(1, 4),
            idempotency_key=str(new_id()),
        )

    def packet(self) -> None:
        packets.do_give_packet(
            actor=self.host,
            room_id=self.room.id,
            funder="wallet",
            coins=20,
            pieces=2,
            split="lucky",
            entry="all",
            idempotency_key=str(new_id()),
        )

    def claim(self) -> None:
        packet = Packet.objects.filter(state="open").order_by("?").first()
        if packet:
            packets.do_claim(actor=rich(10), packet_id=packet.id)

    def bag(self) -> None:
        wanted = NewBag(title="Coins", prize="coins", winners=2, seconds=60, coins_each=10)
        bags.do_open_bag(
            actor=self.host, room_id=self.room.id, wanted=wanted, idempotency_key=str(new_id())
        )

    def enter(self) -> None:
        bag = Bag.objects.filter(state="open").first()
        if bag:
            bags.do_enter(actor=make_account(), bag_id=bag.id)

    def draw(self) -> None:
        clock.set_timeline(clock.starting_at(clock.now() + timedelta(minutes=2)))
        drawing.draw_duty()
        clock.set_timeline(clock.starting_at(clock.now() + timedelta(minutes=10)))
        drawing.draw_duty()
        packets.end_duty()

    def keep_in_sight(self) -> None:
        said = ChatMessage.objects.filter(room_id=self.room.id, hidden_at__isnull=True)
        message = self.random.choice([None, *said])
        moderation.do_pin_message(self.host, self.room.id, message.id if message else None)

    def hide(self) -> None:
        message = ChatMessage.objects.filter(room_id=self.room.id).order_by("?").first()
        if message:
            moderation.do_hide_message(self.host, self.room.id, message.id)

    def retitle(self) -> None:
        actions.do_change_room(self.host, self.room.id, title=f"Title {self.random.random()}")

    def cut(self) -> None:
        """A rule of a moment's standing bars or frees a source, and the sweep follows."""
        self.rules += 1
        at = clock.now()
        do_write_rule(
            make_rule(
                f"cut-{self.rules}",
                outcome=self.random.choice([Outcome.DENY, Outcome.ALLOW]),
                sources=[self.random.choice(["youzan", "mokuai", "native"])],
                announced_at=at,
                effective_from=at,
                effective_until=at + timedelta(days=self.rules),
            ),
            by=None,
        )
        do_sweep(policy.refresh(), clock.now())


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_events_bring_any_snapshot_to_the_newest(seed: int) -> None:
    evening = Evening(seed)
    room = evening.room
    taken: list[State] = []
    for number in range(50):
        evening.step()
        if number % 6 == 0:
            # The clock moves on, and the sweep always does before anybody compares.
            taken.append(snapshot(room))
    outbox.relay_all()
    do_sweep(policy.refresh(), clock.now())
    outbox.relay_all()
    newest = snapshot(room)
    assert newest["seq"] > 10
    for state in taken:
        told = events(room, state["seq"])
        assert [event["seq"] for event in told] == list(range(state["seq"] + 1, newest["seq"] + 1))
        for event in told:
            apply(state, event)
        assert settled(state) == settled(newest)

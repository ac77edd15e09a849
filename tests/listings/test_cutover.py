"""The sweep brings stored states to the verdict, once, whenever it runs."""

from datetime import timedelta

import pytest
from django.db import transaction
from tests.factories import day, make_account, make_product, make_rule, make_shop

from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.core.instants import parse_instant
from yellowcart.core.models import OutboxEvent
from yellowcart.listings import cutover
from yellowcart.listings.models import Listing
from yellowcart.listings.sweeper import Sweeper
from yellowcart.policy import actions, queries
from yellowcart.policy.models import Boundary
from yellowcart.policy.rules import Kind, Outcome

pytestmark = pytest.mark.django_db

NIGHT = parse_instant("2021-11-15T24:00+08:00")
RULE = "kuaishou.2021-11-16.youzan-mokuai-live"


@pytest.fixture
def street():
    """A shop, and a way to offer goods of a source somewhere."""
    shop = make_shop()

    def offer(source="youzan", integration=None, surface="live_room", container=None, **fields):
        integration = integration or ("native" if source == "native" else "link")
        product = make_product(shop, source=source, integration=integration)
        return Listing.objects.create(
            shop=shop,
            product=product,
            surface=surface,
            container_id=container or new_id(),
            source=source,
            integration=integration,
            shop_type=fields.pop("shop_type", shop.type),
            **fields,
        )

    offer.shop = shop
    return offer


@pytest.fixture
def pack():
    actions.do_install_pack("kuaishou")


def sweep(at, boundaries=()):
    return cutover.do_sweep(queries.table(), at, boundaries)


def frames():
    return list(OutboxEvent.objects.filter(topic=cutover.TOPIC).order_by("id"))


@pytest.mark.usefixtures("pack")
class TestTheNight:
    def test_links_leave_live_carts_and_nothing_else_does(self, street):
        room = new_id()
        youzan, mokuai = street("youzan", container=room), street("mokuai", container=room)
        stay = [
            street("native", container=room),
            street("mokuai", "native", container=room),
            street("taobao", container=room),
            street("youzan", surface="profile"),
            street("youzan", surface="short_video"),
            street("mokuai", surface="shop_page"),
        ]
        assert sweep(NIGHT - timedelta(microseconds=1)).barred == 0
        swept = sweep(NIGHT)
        assert (swept.barred, swept.restored, swept.rooms) == (2, 0, {room})
        for listing in (youzan, mokuai):
            listing.refresh_from_db()
            assert (listing.state, listing.barred_rule) == ("barred", RULE)
            assert (listing.barred_revision, listing.barred_at) == (1, NIGHT)
        assert {Listing.objects.get(id=each.id).state for each in stay} == {"mounted"}

    def test_one_frame_a_room_says_what_and_why(self, street):
        rooms = [new_id(), new_id()]
        offered = {
            room: {str(street("youzan", container=room).id) for _ in range(3)} for room in rooms
        }
        sweep(NIGHT)
        told = frames()
        assert {frame.room_id: set(frame.payload["listings"]) for frame in told} == offered
        assert told[0].payload["rule"] == RULE
        assert told[0].payload["revision"] == 1
        assert "有赞" in told[0].payload["reason"]["zh"]
        assert "one-click" in told[0].payload["remedy"]["en"]

    def test_again_it_changes_nothing_and_tells_nobody(self, street):
        street("youzan")
        sweep(NIGHT)
        again = sweep(NIGHT + timedelta(hours=1))
        assert (again.barred, again.restored, len(again.rooms)) == (0, 0, 0)
        assert len(frames()) == 1

    def test_what_was_taken_out_before_stays_out(self, street):
        gone = street("youzan", state="unmounted", unmounted_at=NIGHT - timedelta(days=1))
        sweep(NIGHT)
        gone.refresh_from_db()
        assert gone.state == "unmounted"
        assert not frames()

    def test_a_day_of_downtime_is_caught_up_with_in_one_sweep(self, street):
        youzan, jd = street("youzan"), street("jd")
        clock.set_timeline(clock.starting_at(parse_instant("2022-03-02T00:00+08:00")))
        Sweeper()()
        youzan.refresh_from_db()
        jd.refresh_from_db()
        assert (youzan.barred_at, jd.state) == (NIGHT, "barred")
        assert queries.unswept(clock.now()) == []
        assert all(Boundary.objects.get(instant=at).swept_at for at in (NIGHT, jd.barred_at))

    def test_a_plan_read_ahead_does_the_same_and_misses_nothing(self, street):
        early = street("youzan")
        planned = cutover.plan(queries.table(), NIGHT)
        assert [flip.id for flip in planned.flips] == [early.id]
        late, left = street("mokuai"), street("youzan")
        left.state, left.unmounted_at = "unmounted", NIGHT
        left.save()
        swept = cutover.do_sweep(queries.table(), NIGHT, [NIGHT], planned)
        assert swept.barred == 2
        assert Listing.objects.get(id=late.id).state == "barred"
        assert Listing.objects.get(id=left.id).state == "unmounted"
        assert len(frames()) == 2

    def test_a_plan_of_other_rules_is_not_used(self, street):
        listing = street("youzan")
        planned = cutover.plan(queries.table(), NIGHT)
        actions.do_write_rule(
            make_rule("spare", shops={str(street.shop.id)}, outcome=Outcome.ALLOW), by=None
        )
        assert cutover.do_sweep(queries.table(), NIGHT, [NIGHT], planned).barred == 0
        listing.refresh_from_db()
        assert listing.state == "mounted"

    def test_the_boundary_keeps_what_the_sweep_did(self, street):
        street("youzan")
        sweep(NIGHT, [NIGHT])
        kept = queries.boundary(NIGHT)
        assert (kept.barred, kept.restored, kept.rooms) == (1, 0, 1)
        assert kept.swept_at is not None

    def test_a_portion_that_fails_leaves_the_boundary_unswept(self, street, monkeypatch):
        monkeypatch.setattr(cutover, "ROOMS_A_PORTION", 1)
        for _ in range(3):
            street("youzan")
        real, calls = cutover._apply, []

        def breaks_at_the_second(flips, swept):
            calls.append(flips)
            if len(calls) == 2:
                raise RuntimeError("power cut")
            real(flips, swept)

        monkeypatch.setattr(cutover, "_apply", breaks_at_the_second)
        with pytest.raises(RuntimeError), transaction.atomic():
            sweep(NIGHT, [NIGHT])
        monkeypatch.setattr(cutover, "_apply", real)
        assert NIGHT in queries.unswept(NIGHT)
        sweep(NIGHT, [NIGHT])
        assert Listing.objects.filter(state="barred").count() == 3
        assert NIGHT not in queries.unswept(NIGHT)

    def test_rooms_with_viewers_are_told_first(self, street, monkeypatch):
        monkeypatch.setattr(cutover, "ROOMS_A_PORTION", 1)
        rooms = [street("youzan").container_id for _ in range(4)]
        cutover.do_sweep(queries.table(), NIGHT, first={rooms[2]})
        assert next(frame.room_id for frame in frames()) == rooms[2]
        assert len(frames()) == 4


class TestBarsThatEnd:
    def test_a_suspension_gives_listings_back(self, street):
        actions.do_write_rule(
            make_rule(
                "outage",
                kind=Kind.SUSPENSION,
                sources={"taobao"},
                effective_from=day(1),
                effective_until=day(2),
            ),
            by=None,
        )
        listing = street("taobao")
        assert sweep(day(1)).barred == 1
        swept = sweep(day(2))
        listing.refresh_from_db()
        assert (swept.restored, listing.state, listing.barred_rule) == (1, "mounted", "")
        assert listing.barred_at is None
        assert frames()[-1].payload["restored"] == [str(listing.id)]

    def test_another_rule_takes_over_the_bar(self, street):
        listing = street("jd")
        actions.do_write_rule(make_rule("first", surfaces={"live_room"}), by=None)
        sweep(day(3))
        actions.do_write_rule(make_rule("narrower", sources={"jd"}), by=None)
        sweep(day(3))
        listing.refresh_from_db()
        assert (listing.state, listing.barred_rule) == ("barred", "narrower")

    def test_rules_about_one_shop_or_creator_strike_only_them(self, street):
        creator, other = make_account(), make_account()
        theirs = street("jd", creator_id=creator.id)
        others = street("jd", creator_id=other.id)
        actions.do_write_rule(make_rule("hers", creators={str(creator.id)}), by=None)
        sweep(day(1))
        assert Listing.objects.get(id=theirs.id).state == "barred"
        assert Listing.objects.get(id=others.id).state == "mounted"
        actions.do_write_rule(make_rule("shop", shops={str(street.shop.id), "no id"}), by=None)
        sweep(day(1))
        assert Listing.objects.get(id=others.id).barred_rule == "shop"
        assert Listing.objects.get(id=theirs.id).barred_rule == "hers"

    def test_a_task_order_keeps_a_listing_where_one_is_required(self, street):
        actions.do_write_rule(
            make_rule("task", sources={"jd"}, outcome=Outcome.REQUIRE_TASK), by=None
        )
        without, with_task = street("jd"), street("jd", task_order="T-1")
        sweep(day(1))
        assert Listing.objects.get(id=without.id).state == "barred"
        assert Listing.objects.get(id=with_task.id).state == "mounted"


class TestSweeper:
    def test_it_comes_back_at_the_next_boundary_and_then_sweeps(self, street, pack):
        listing = street("youzan")
        clock.set_timeline(clock.starting_at(NIGHT - timedelta(seconds=2)))
        sweeper = Sweeper()
        assert sweeper() == NIGHT
        assert sweeper._plan is not None
        assert [flip.id for flip in sweeper._plan.flips] == [listing.id]
        clock.set_timeline(clock.starting_at(NIGHT))
        assert sweeper() == parse_instant("2022-03-01T00:00+08:00")
        listing.refresh_from_db()
        assert listing.state == "barred"

    def test_a_clock_set_back_gives_back(self, street, pack):
        listing = street("youzan")
        sweeper = Sweeper()
        clock.set_timeline(clock.starting_at(NIGHT + timedelta(hours=1)))
        sweeper()
        clock.set_timeline(clock.starting_at(NIGHT - timedelta(hours=1)))
        sweeper()
        listing.refresh_from_db()
        assert listing.state == "mounted"

    def test_without_rules_there_is_nothing_to_wait_for(self, street):
        street("youzan")
        assert Sweeper()() is None

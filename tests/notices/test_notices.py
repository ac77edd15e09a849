"""Who is told what of the cut-off night, once, and how they answer."""

from datetime import timedelta

import pytest
from tests.factories import make_account, make_operator, make_product, make_rule, make_shop
from tests.rooms import make_room, mount

from yellowcart.core import clock
from yellowcart.core.instants import parse_instant
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Listing
from yellowcart.notices import actions, queries
from yellowcart.notices.hits import Effect, hits_of, with_and_without
from yellowcart.notices.models import Notice, StageRun
from yellowcart.people.models import RoleGrant
from yellowcart.policy import actions as policy
from yellowcart.policy import queries as rules
from yellowcart.policy.rules import Outcome
from yellowcart.sources.models import Source

pytestmark = pytest.mark.django_db

NIGHT = parse_instant("2021-11-15T24:00+08:00")
ANNOUNCED = parse_instant("2021-11-09T00:00+08:00")
RULE = "kuaishou.2021-11-16.youzan-mokuai-live"


class Street:
    """A merchant with Youzan and Mokuai links in two rooms of one creator, and a bystander."""

    def __init__(self):
        Source.objects.get_or_create(
            code="youzan", defaults={"name_en": "Youzan", "name_zh": "有赞", "integration": "link"}
        )
        self.merchant, self.staff = make_account(), make_account()
        self.shop = make_shop(self.merchant)
        self.shop.members.create(account=self.staff, role="staff")
        self.creator, self.bystander = make_account(), make_account()
        self.other_shop = make_shop(self.bystander)
        self.rooms = [make_room(self.creator), make_room(self.creator, state="scheduled")]
        self.youzan = self.link("youzan", "Tea from the hills", "y-1")
        self.mokuai = self.link("mokuai", "Cake", "m-1")
        for room in self.rooms:
            mount(room, self.youzan)
        mount(self.rooms[0], self.mokuai)
        mount(self.rooms[0], make_product(self.other_shop))
        self.speaker = make_account()
        RoleGrant.objects.create(account=self.speaker, role="source_operator", scope="youzan")
        supplier = make_shop(type="supplier", source="mokuai")
        make_product(supplier, source="mokuai", integration="supply", external_id="m-1")

    def link(self, source, title, external_id):
        return make_product(
            self.shop, source=source, integration="link", title=title, external_id=external_id
        )


@pytest.fixture
def street():
    policy.do_install_pack("kuaishou")
    return Street()


def recipients(stage):
    rows = Notice.objects.filter(stage=stage).values_list("account_id", "party")
    return set(rows)


class TestTelling:
    def test_every_affected_party_and_nobody_else(self, street):
        assert actions.do_send_due(ANNOUNCED) == 4
        assert recipients("announced") == {
            (street.merchant.id, "merchant"),
            (street.staff.id, "merchant"),
            (street.creator.id, "creator"),
            (street.speaker.id, "source"),
        }

    def test_each_stage_once_however_often_it_is_asked(self, street):
        for at in (
            ANNOUNCED,
            ANNOUNCED,
            NIGHT - timedelta(days=1),
            NIGHT - timedelta(hours=1),
            NIGHT,
            NIGHT,
            NIGHT + timedelta(hours=5),
        ):
            actions.do_send_due(at)
        told = queries.inbox(street.merchant).order_by("id")
        assert [notice.stage for notice in told] == ["announced", "1d", "1h", "cutover"]
        assert OutboxEvent.objects.filter(topic="notices.sent").count() == 4

    def test_after_downtime_only_what_is_true_now(self, street):
        actions.do_send_due(NIGHT + timedelta(hours=1))
        assert {notice.stage for notice in Notice.objects.all()} == {"cutover"}

    def test_old_history_warns_nobody(self, street):
        assert actions.do_send_due(parse_instant("2026-01-01T00:00Z")) == 0

    def test_whoever_mounts_later_is_told_at_the_next_stage(self, street):
        actions.do_send_due(ANNOUNCED)
        newcomer = make_account()
        shop = make_shop(newcomer)
        mount(street.rooms[0], make_product(shop, source="youzan", integration="link"))
        actions.do_send_due(NIGHT - timedelta(days=1))
        assert (newcomer.id, "merchant") in recipients("1d")

    def test_a_stage_without_anybody_is_not_looked_at_again(self, street):
        Listing.objects.all().delete()
        actions.do_send_due(ANNOUNCED)
        run = StageRun.objects.get(rule_key=RULE)
        assert (run.stage, run.notices) == ("announced", 0)

    def test_the_duty_comes_back_at_the_next_stage(self, street):
        clock.set_timeline(clock.starting_at(ANNOUNCED + timedelta(hours=1), 1e-6))
        # Carts come first: nothing is sent while a boundary waits for its sweep.
        assert actions.send_duty() is None
        assert not Notice.objects.exists()
        policy.do_mark_swept(rules.unswept(clock.now()), barred=0, restored=0, rooms=0)
        assert actions.send_duty() == NIGHT - timedelta(days=1)
        assert Notice.objects.exists()


class TestWords:
    @pytest.fixture
    def notice(self, street):
        actions.do_send_due(ANNOUNCED)
        return Notice.objects.get(account=street.merchant)

    def test_what_when_where_and_what_to_do(self, notice):
        assert notice.title_zh == "规则公布：直播间不再支持挂载mokuai、有赞商品"
        assert "3 listings of your shop in 2 live rooms" in notice.body_en
        assert "Tea from the hills" in notice.body_en
        assert "16 Nov 2021, 00:00 Beijing time" in notice.body_en
        assert "短视频、商品详情页、个人主页、店铺页、直播回放" in notice.body_zh
        assert "one click" in notice.body_en
        assert "其中1个由平台供应商供货" in notice.body_zh
        assert "申诉" in notice.body_zh
        assert "Orders already placed" in notice.body_en

    def test_the_hit_is_data_too(self, notice, street):
        assert notice.hit["listings"] == 3
        assert notice.hit["rooms"] == 2
        assert notice.hit["effect"] == "barred"
        assert notice.hit["convertible"] == [str(street.mokuai.id)]
        assert set(notice.hit["products"]) == {str(street.mokuai.id), str(street.youzan.id)}
        assert notice.effective_at == NIGHT

    def test_a_sources_own_people_hear_of_their_goods_only(self, notice, street):
        told = Notice.objects.get(account=street.speaker)
        assert told.hit["sources"] == ["youzan"]
        assert "2 listings of your source's goods" in told.body_en
        assert "appeal" not in told.body_en


class TestHits:
    def test_only_what_the_rule_changes(self, street):
        before, after = with_and_without(rules.all_rules(), {RULE})
        hits = hits_of(before, after, NIGHT, {RULE})
        assert {hit.source for hit in hits} == {"youzan", "mokuai"}
        assert {hit.effect for hit in hits} == {Effect.BARRED}
        assert hits_of(before, after, NIGHT - timedelta(seconds=1), {RULE}) == []

    def test_ended_rooms_are_not_hit(self, street):
        for room in street.rooms:
            room.state = "ended"
            room.save()
        before, after = with_and_without(rules.all_rules(), {RULE})
        assert hits_of(before, after, NIGHT, {RULE}) == []

    def test_an_exemption_opens(self, street):
        policy.do_write_rule(
            make_rule(
                "exempt",
                shops={str(street.shop.id)},
                outcome=Outcome.ALLOW,
                effective_from=NIGHT,
            ),
            by=None,
        )
        before, after = with_and_without(rules.all_rules(), {"exempt"})
        assert {hit.effect for hit in hits_of(before, after, NIGHT, {"exempt"})} == {Effect.OPENED}
        # What the exemption shields, the cut itself no longer hits.
        before, after = with_and_without(rules.all_rules(), {RULE})
        assert hits_of(before, after, NIGHT, {RULE}) == []


class TestWithdrawal:
    def test_whoever_was_told_is_told_that_it_is_off(self, street):
        actions.do_send_due(ANNOUNCED)
        clock.set_timeline(clock.starting_at(ANNOUNCED + timedelta(days=1)))
        policy.do_withdraw(RULE, by=None)
        actions.do_send_due(clock.now())
        assert recipients("withdrawn") == recipients("announced")
        assert actions.do_send_due(clock.now()) == 0
        assert "撤回" in Notice.objects.filter(stage="withdrawn").first().title_zh

    def test_a_rule_that_ends_early_is_not_announced_as_in_force(self, street):
        actions.do_send_due(NIGHT)
        clock.set_timeline(clock.starting_at(NIGHT + timedelta(hours=3)))
        policy.do_withdraw(RULE, by=None)
        actions.do_send_due(clock.now())
        assert Notice.objects.filter(rule_revision=2).exclude(stage="withdrawn").count() == 0
        assert recipients("withdrawn") == recipients("cutover")


def code_of(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


class TestAppeal:
    @pytest.fixture
    def notice(self, street):
        actions.do_send_due(ANNOUNCED)
        return Notice.objects.get(account=street.merchant)

    def test_read_once_keeps_the_first_reading(self, notice, street):
        first = actions.do_read(street.merchant, notice.id).read_at
        assert actions.do_read(street.merchant, notice.id).read_at == first
        assert queries.unread_count(street.merchant) == 0

    def test_open_then_answered(self, notice, street):
        operator = make_operator()
        appeal = actions.do_appeal(street.merchant, notice.id, " We have a contract. ")
        assert [each.id for each in queries.appeals()] == [appeal.id]
        assert code_of(actions.do_appeal, street.merchant, notice.id, "again") == "appeal_exists"
        answered = actions.do_answer_appeal(appeal.id, upheld=False, answer="No.", by=operator.id)
        assert (answered.state, answered.words) == ("rejected", "We have a contract.")
        assert not queries.appeals().exists()
        again = {"upheld": True, "answer": "Yes.", "by": operator.id}
        assert code_of(actions.do_answer_appeal, appeal.id, **again) == "appeal_answered"

    def test_words_are_needed(self, notice, street):
        assert code_of(actions.do_appeal, street.merchant, notice.id, "  ") == "appeal_words"

    def test_over_http_everybody_sees_only_their_own(self, client, notice, street):
        read = f"/api/v1/notices/{notice.id}/read"
        appeal = f"/api/v1/notices/{notice.id}/appeal"
        words = {"words": "please"}
        assert client.get("/api/v1/notices").status_code == 401
        assert client.post(read).status_code == 401
        for stranger in (street.bystander, street.creator, street.staff, make_operator()):
            client.force_login(stranger)
            assert client.post(read).status_code == 404
            assert client.post(appeal, words, "application/json").status_code == 404
            shown = client.get("/api/v1/notices").json()
            assert str(notice.id) not in {each["id"] for each in shown}
        client.force_login(street.merchant)
        assert client.post(read).json()["read_at"]
        assert client.post(appeal, words, "application/json").status_code == 201
        assert client.get("/api/v1/notices").json()[0]["appeal"]["state"] == "open"

    def test_only_operators_answer(self, client, notice, street):
        appeal = actions.do_appeal(street.merchant, notice.id, "please")
        url = f"/api/v1/notices/appeals/{appeal.id}/answer"
        answer = {"upheld": True, "answer": "Granted."}
        assert client.post(url, answer, "application/json").status_code == 401
        for refused in (street.merchant, street.creator, street.speaker):
            client.force_login(refused)
            assert client.post(url, answer, "application/json").status_code == 403
            assert client.get("/api/v1/notices/appeals").status_code == 403
        client.force_login(make_operator())
        assert len(client.get("/api/v1/notices/appeals").json()) == 1
        assert client.post(url, answer, "application/json").json()["state"] == "upheld"

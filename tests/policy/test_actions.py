"""Writing rules in the database: append-only, checked, announced to every process."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from tests.factories import make_account

from yellowcart.core import clock
from yellowcart.core.instants import parse_instant
from yellowcart.core.models import AuditEntry, OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.policy import actions, queries
from yellowcart.policy.models import Boundary, RuleRevision
from yellowcart.policy.profiles import shipped_pack
from yellowcart.policy.rules import Facts

pytestmark = pytest.mark.django_db

YOUZAN = Facts("youzan", "link", "live_room")
NIGHT = parse_instant("2021-11-15T24:00+08:00")


@pytest.fixture
def in_november():
    clock.set_timeline(clock.starting_at(parse_instant("2021-11-01T09:00+08:00")))


def body(**fields):
    return {
        "key": "mine.links",
        "sources": ["youzan"],
        "integrations": ["link"],
        "surfaces": ["live_room"],
        "outcome": "deny",
        "effective_from": "2021-11-15T24:00:00+08:00",
        "reason": {"en": "No links.", "zh": "不可挂链接。"},
        "remedy": {"en": "List them here.", "zh": "请在小店上架。"},
    } | fields


def announce(**fields):
    return actions.do_announce(actions.do_draft_rule("t", body(**fields), by=None).id, by=None)


def code_of(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


class TestPack:
    def test_installing_twice_changes_nothing(self):
        count = actions.do_install_pack("kuaishou")
        assert count == len(shipped_pack("kuaishou").rules) == RuleRevision.objects.count()
        assert actions.do_install_pack("kuaishou") == 0
        assert set(queries.all_rules()) == {
            rule
            if rule.written_at
            else type(rule)(**_fields(rule) | {"written_at": rule.announced_at})
            for rule in shipped_pack("kuaishou").rules
        }

    def test_only_what_was_announced_by_then(self):
        actions.do_install_pack("kuaishou", announced_by=parse_instant("2021-11-01T00:00Z"))
        assert queries.table().verdict(YOUZAN, NIGHT).allowed
        assert actions.do_install_pack("kuaishou") == 3
        assert not queries.table().verdict(YOUZAN, NIGHT).allowed

    def test_every_instant_becomes_a_boundary(self):
        actions.do_install_pack("kuaishou")
        marked = set(Boundary.objects.values_list("instant", flat=True))
        for rule in shipped_pack("kuaishou").rules:
            assert rule.effective_from in marked
            assert rule.effective_until is None or rule.effective_until in marked


def _fields(rule):
    return {name: getattr(rule, name) for name in type(rule).__slots__}


class TestAppendOnly:
    @pytest.mark.parametrize(
        "change",
        [lambda rows: rows.update(outcome="deny"), lambda rows: rows._raw_delete("default")],
    )
    def test_the_database_refuses_changes(self, change):
        actions.do_install_pack("tiktok")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(RuleRevision.objects.all())
        assert RuleRevision.objects.get().outcome == "allow"


@pytest.mark.usefixtures("in_november")
class TestAnnounce:
    def test_from_draft_to_rule(self):
        operator = make_account()
        draft = actions.do_draft_rule("Links", body(), by=operator.id)
        assert queries.table().verdict(YOUZAN, NIGHT).rule is None
        rule = actions.do_announce(draft.id, by=operator.id)
        verdict = queries.table().verdict(YOUZAN, NIGHT)
        assert (verdict.rule, verdict.revision, verdict.since) == (rule.key, 1, NIGHT)
        assert queries.table().verdict(YOUZAN, NIGHT - timedelta(microseconds=1)).allowed
        event = OutboxEvent.objects.get(topic="policy.changed")
        assert event.payload["rules"][0]["effective_from"] == "2021-11-15T16:00:00Z"
        assert AuditEntry.objects.filter(verb="policy.announce", actor_id=operator.id).exists()
        assert queries.next_boundary(clock.now()) == NIGHT
        assert code_of(actions.do_announce, draft.id, by=None) == "draft_closed"

    def test_what_was_believed_before_the_announcement(self):
        before = clock.now()
        announce()
        assert queries.table().verdict(YOUZAN, NIGHT, as_of=before).allowed
        assert not queries.table().verdict(YOUZAN, NIGHT, as_of=clock.now()).allowed

    def test_announcing_the_same_key_again_is_the_next_revision(self):
        announce()
        rule = announce(effective_from="2021-12-01T00:00:00+08:00")
        assert rule.revision == 2
        assert queries.table().verdict(YOUZAN, NIGHT).allowed
        assert [each.revision for each in queries.revisions("mine.links")] == [1, 2]

    def test_not_into_the_past(self):
        draft = actions.do_draft_rule(
            "t", body(effective_from="2021-10-01T00:00:00+08:00"), by=None
        )
        assert code_of(actions.do_announce, draft.id, by=None) == "rule_in_the_past"
        assert not RuleRevision.objects.exists()

    def test_a_draft_that_cannot_be_a_rule_is_refused_in_words(self):
        with pytest.raises(Problem) as caught:
            actions.do_draft_rule("t", body(surfaces=["liveroom"], outcom="deny"), by=None)
        assert caught.value.code == "rule_invalid"
        assert {error["where"] for error in caught.value.extra["errors"]} >= {"surfaces", "outcom"}

    def test_a_tie_is_refused_and_nothing_is_written(self):
        clock.set_timeline(clock.Timeline(clock._wall_us(), 1_636_000_000_000_000, 1e-9))
        announce(key="mine.first")
        draft = actions.do_draft_rule("t", body(key="mine.second", outcome="allow"), by=None)
        # The clock stands still, so both would be announced at one instant.
        with pytest.raises(Problem) as caught:
            actions.do_announce(draft.id, by=None)
        assert caught.value.code == "policy_conflict"
        assert "mine.first" in str(caught.value)
        assert RuleRevision.objects.count() == 1

    def test_dropped_drafts_stay_dropped(self):
        draft = actions.do_draft_rule("t", body(), by=None)
        actions.do_drop_draft(draft.id, by=None)
        assert queries.drafts() == []
        assert code_of(actions.do_announce, draft.id, by=None) == "draft_closed"


@pytest.mark.usefixtures("in_november")
class TestWithdraw:
    def test_before_it_takes_effect_it_is_as_if_it_had_never_been(self):
        announce()
        actions.do_withdraw("mine.links", by=None)
        assert queries.table().verdict(YOUZAN, NIGHT).allowed
        assert code_of(actions.do_withdraw, "mine.links", by=None) == "rule_ended"

    def test_once_in_force_it_ends_and_the_past_stays_true(self):
        announce()
        clock.set_timeline(clock.starting_at(NIGHT + timedelta(days=3)))
        actions.do_withdraw("mine.links", by=None)
        table = queries.table()
        assert not table.verdict(YOUZAN, NIGHT + timedelta(days=1)).allowed
        assert table.verdict(YOUZAN, clock.now()).allowed
        assert queries.unswept(clock.now()), "the sweep must be told to restore carts"

    def test_unknown(self):
        assert code_of(actions.do_withdraw, "ghost", by=None) == "unknown_rule"


def test_a_rule_of_the_past_is_swept_at_once(rule, on_day):
    actions.do_write_rule(rule("late"), by=None)
    Boundary.objects.update(swept_at=clock.now())
    actions.do_write_rule(rule("later", shops={"s"}), by=None)
    assert len(queries.unswept(clock.now())) == 1


def test_another_process_sees_new_rules(rule, monkeypatch):
    seen = queries.table()
    # As another process would: rows appear, and nobody tells this one.
    monkeypatch.setattr(queries, "forget", lambda: None)
    actions.do_write_rule(rule("elsewhere"), by=None)
    assert queries.loaded_table() is seen
    monkeypatch.setattr(queries, "CHECK_SECONDS", 0.0)
    assert [each.key for each in queries.table().rules] == ["elsewhere"]
    again = queries.table()
    assert queries.table() is again

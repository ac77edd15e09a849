"""The life of a permit: apply, pause, withdraw, resume, appeal; and what it opens."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.db.models import F

from yellowcart.core import clock
from yellowcart.core.clock import now, starting_at
from yellowcart.core.instants import parse_instant
from yellowcart.core.models import AuditEntry, OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.people.actions import (
    do_answer_appeal,
    do_appeal,
    do_apply_for_permit,
    do_follow,
    do_pause_permit,
    do_record_facts,
    do_resume_permit,
    do_verify_person,
    do_withdraw_permit,
)
from yellowcart.people.conditions import PermitName
from yellowcart.people.models import Account, Permit, PermitAppeal, PermitEvent
from yellowcart.people.queries import (
    Standing,
    facts_of,
    has_permit,
    is_creator,
    open_appeals,
    permit_history,
    permit_limits,
    standing,
)
from yellowcart.people.rules import Outcome
from yellowcart.shops.models import Shop, ShopMember
from yellowcart.videos.models import Video

PROMOTE = PermitName.PROMOTE


def set_clock(text: str) -> None:
    clock.set_timeline(starting_at(parse_instant(text)))


def problem_of(deed, *args, **kwargs) -> str:
    with pytest.raises(Problem) as refused:
        deed(*args, **kwargs)
    return refused.value.code


def stands(account: Account, permit: PermitName = PROMOTE) -> Standing:
    account.refresh_from_db()
    return next(each for each in standing(account) if each.permit == permit)


@pytest.fixture
def creator(person: Account, operator: Account) -> Account:
    """Somebody who meets what Kuaishou asks of those who promote."""
    do_verify_person(person, by=operator.id, real_name=True, birth_date=date(1996, 5, 20))
    do_record_facts(
        person,
        by=operator.id,
        outside_followers=1_000,
        scores={"shop": 4.52, "product": 4.4},
    )
    return person


def pause(account: Account, operator: Account) -> PermitEvent:
    return do_pause_permit(
        account, PROMOTE, rule="kuaishou.promote", reason="Fake reviews", by=operator.id
    )


def test_a_stranger_to_permits_holds_none(person: Account):
    for each in standing(person):
        assert (each.state, each.holds, each.may_apply) == (None, False, True)
        assert not has_permit(person.id, each.permit)


def test_who_meets_everything_gets_it_at_once(creator: Account):
    assert "you meet every condition" in stands(creator).next_step.en
    decision = do_apply_for_permit(creator, PROMOTE)
    assert decision.outcome == Outcome.GRANTED
    assert has_permit(creator.id, "promote")
    assert is_creator(creator)
    event = permit_history(creator.id).get()
    assert (event.verb, event.state, event.rule_key) == ("applied", "granted", "kuaishou.promote")
    assert event.rule_revision == 2
    assert [(each["name"], each["have"]) for each in event.conditions][:2] == [
        ("real_name", 1),
        ("followers", 1_000),
    ]
    assert AuditEntry.objects.filter(verb="permit.applied", actor_id=creator.id).exists()
    announced = OutboxEvent.objects.get(topic="people.permit_changed").payload
    assert (announced["account_id"], announced["state"]) == (str(creator.id), "granted")
    assert problem_of(do_apply_for_permit, creator, PROMOTE) == "permit_state"


def test_who_lacks_something_sees_it_and_may_try_again(creator: Account, operator: Account):
    do_record_facts(creator, by=operator.id, outside_followers=640)
    assert do_apply_for_permit(creator, PROMOTE).outcome == Outcome.REFUSED
    assert not has_permit(creator.id, PROMOTE)
    each = stands(creator)
    (followers,) = each.decision.unmet
    assert (followers.name, followers.have, followers.missing) == ("followers", 640, 360)
    assert "360" in each.next_step.zh
    assert (each.may_apply, each.may_appeal) == (True, True)
    do_record_facts(creator, by=operator.id, outside_followers=1_000)
    assert do_apply_for_permit(creator, PROMOTE).outcome == Outcome.GRANTED


def test_facts_come_from_everywhere(creator: Account, other: Account):
    do_follow(other, creator)
    young = Shop.objects.create(handle="b", name="B", type="flagship", deposit_minor=7)
    old = Shop.objects.create(handle="a", name="A", type="personal", deposit_minor=50_000)
    closed = Shop.objects.create(handle="c", name="C", type="enterprise", state="closed")
    ShopMember.objects.create(shop=young, account=creator, role="staff")
    facts = facts_of(creator)
    assert (facts.has_shop, facts.own_shop, facts.shop_type) == (True, False, "flagship")
    for shop in (old, closed):
        ShopMember.objects.create(shop=shop, account=creator, role="owner")
    Video.objects.create(creator=creator, title="Spring", published_at=now() - timedelta(days=3))
    Video.objects.create(creator=creator, title="Later", published_at=now() + timedelta(days=3))
    facts = facts_of(creator)
    assert facts.followers == 1_001
    assert (len(facts.video_times), facts.public_videos) == (1, 1)
    assert (facts.own_shop, facts.shop_type) == (True, "personal")
    assert facts.shop_deposit == {"CNY": 50_000}
    assert facts.region == "CN"


def test_pause_names_the_rule_and_ends_with_resume(creator: Account, operator: Account):
    do_apply_for_permit(creator, PROMOTE)
    event = pause(creator, operator)
    assert not has_permit(creator.id, PROMOTE)
    assert (event.rule_key, event.rule_revision) == ("kuaishou.promote", 2)
    each = stands(creator)
    assert (each.state, each.reason, each.rule_key) == ("paused", "Fake reviews", event.rule_key)
    assert (each.may_apply, each.may_appeal) == (False, True)
    assert problem_of(do_apply_for_permit, creator, PROMOTE) == "permit_state"
    assert problem_of(pause, creator, operator) == "permit_state"
    do_resume_permit(creator, PROMOTE, reason="Reviews removed", by=operator.id)
    assert has_permit(creator.id, PROMOTE)


@pytest.mark.parametrize(("rule", "reason"), [("", "Because"), (" ", "Because"), ("a.b", " ")])
def test_nothing_is_taken_without_rule_and_reason(
    creator: Account, operator: Account, rule: str, reason: str
):
    do_apply_for_permit(creator, PROMOTE)
    for deed in (do_pause_permit, do_withdraw_permit):
        code = problem_of(deed, creator, PROMOTE, rule=rule, reason=reason, by=operator.id)
        assert code == "no_reason"
    assert has_permit(creator.id, PROMOTE)


def test_what_was_never_given_cannot_be_taken(person: Account, operator: Account):
    for deed in (do_pause_permit, do_withdraw_permit):
        code = problem_of(deed, person, PROMOTE, rule="a.b", reason="x", by=operator.id)
        assert code == "permit_state"
    assert problem_of(do_resume_permit, person, PROMOTE, reason="x", by=operator.id) == (
        "permit_state"
    )


def test_an_upheld_appeal_gives_a_withdrawn_permit_back(creator: Account, operator: Account):
    do_apply_for_permit(creator, PROMOTE)
    event = do_withdraw_permit(creator, PROMOTE, rule="a.b", reason="Fraud", by=operator.id)
    appeal = do_appeal(creator, event.id, "It was my namesake")
    assert list(open_appeals()) == [appeal]
    assert "being looked at" in stands(creator).next_step.en
    assert problem_of(do_appeal, creator, event.id, "Again") == "appealed_already"
    do_answer_appeal(appeal.id, upheld=True, answer="Indeed", by=operator.id)
    assert has_permit(creator.id, PROMOTE)
    assert stands(creator).rule_key == "kuaishou.promote"
    assert not open_appeals()
    code = problem_of(do_answer_appeal, appeal.id, upheld=False, answer="No", by=operator.id)
    assert code == "appeal_answered"


def test_a_rejected_appeal_leaves_everything_as_it_is(creator: Account, operator: Account):
    do_apply_for_permit(creator, PROMOTE)
    appeal = do_appeal(creator, pause(creator, operator).id, "Unfair")
    do_answer_appeal(appeal.id, upheld=False, answer="The reviews are fake", by=operator.id)
    each = stands(creator)
    assert (each.state, each.may_appeal) == ("paused", False)
    assert "was answered" in each.next_step.en
    assert [event.verb for event in permit_history(creator.id)] == [
        "appeal_rejected",
        "paused",
        "applied",
    ]


def test_an_upheld_appeal_against_a_refusal_opens_the_permit(person: Account, operator: Account):
    do_apply_for_permit(person, PROMOTE)
    event = permit_history(person.id).get()
    appeal = do_appeal(person, event.id, "My followers are counted wrongly")
    do_answer_appeal(appeal.id, upheld=True, answer="They are", by=operator.id)
    assert has_permit(person.id, PROMOTE)


def test_an_appeal_does_not_undo_what_was_decided_since(creator: Account, operator: Account):
    do_apply_for_permit(creator, PROMOTE)
    first = do_appeal(creator, pause(creator, operator).id, "Unfair")
    do_resume_permit(creator, PROMOTE, reason="For now", by=operator.id)
    do_withdraw_permit(creator, PROMOTE, rule="a.b", reason="Something else", by=operator.id)
    do_answer_appeal(first.id, upheld=True, answer="The pause was wrong", by=operator.id)
    assert stands(creator).state == "withdrawn"
    assert not has_permit(creator.id, PROMOTE)


def test_only_ones_own_latest_decision_can_be_appealed(
    creator: Account, other: Account, operator: Account
):
    do_apply_for_permit(creator, PROMOTE)
    granted = permit_history(creator.id).get()
    assert problem_of(do_appeal, creator, granted.id, "Why?") == "not_appealable"
    paused = pause(creator, operator)
    assert problem_of(do_appeal, other, paused.id, "Hm") == "permit_event_not_found"
    assert problem_of(do_appeal, creator, uuid4(), "Hm") == "permit_event_not_found"
    assert problem_of(do_appeal, creator, paused.id, "  ") == "no_reason"
    do_resume_permit(creator, PROMOTE, reason="Done", by=operator.id)
    assert problem_of(do_appeal, creator, paused.id, "Still") == "not_appealable"


def test_nobody_answers_their_own_appeal(operator: Account):
    do_apply_for_permit(operator, PROMOTE)
    appeal = do_appeal(operator, permit_history(operator.id).get().id, "Give it to me")
    code = problem_of(do_answer_appeal, appeal.id, upheld=True, answer="Sure", by=operator.id)
    assert code == "own_appeal"
    assert PermitAppeal.objects.get().state == "open"


class TestAPilot:
    @pytest.fixture
    def affiliate(self, creator: Account, operator: Account, settings) -> Account:
        settings.PLATFORM = "tiktok"
        set_clock("2026-01-07T12:00:00-08:00")
        creator.region = "US"
        creator.save()
        do_record_facts(creator, by=operator.id, outside_followers=1_240)
        assert do_apply_for_permit(creator, PROMOTE).outcome == Outcome.PILOT
        return creator

    def test_it_has_its_days_and_its_limits(self, affiliate: Account):
        assert has_permit(affiliate.id, PROMOTE)
        limits = permit_limits(affiliate.id, PROMOTE)
        assert limits is not None
        assert (limits.selling_lives, limits.shoppable_videos) == (3, 5)
        assert limits.week_from == parse_instant("2026-01-05T00:00:00-08:00")
        assert limits.week_until == parse_instant("2026-01-12T00:00:00-08:00")
        last = limits.ends_at - timedelta(microseconds=1)
        assert has_permit(affiliate.id, PROMOTE, at=last)
        assert not has_permit(affiliate.id, PROMOTE, at=limits.ends_at)
        assert permit_limits(affiliate.id, PROMOTE, at=limits.ends_at) is None

    def test_asking_again_too_early_loses_nothing(self, affiliate: Account):
        assert not stands(affiliate).may_apply
        assert do_apply_for_permit(affiliate, PROMOTE).outcome == Outcome.PILOT
        assert permit_history(affiliate.id).count() == 1

    def test_it_becomes_full_when_the_bound_is_reached(self, affiliate: Account):
        do_record_facts(affiliate, by=None, outside_followers=5_000)
        assert stands(affiliate).may_apply
        assert do_apply_for_permit(affiliate, PROMOTE).outcome == Outcome.GRANTED
        assert permit_limits(affiliate.id, PROMOTE) is None
        assert stands(affiliate).until is None

    def test_it_is_given_once(self, affiliate: Account):
        set_clock("2026-02-07T12:00:00-08:00")
        each = stands(affiliate)
        assert (each.state, each.holds, each.may_apply) == ("pilot", False, True)
        decision = do_apply_for_permit(affiliate, PROMOTE)
        assert decision.outcome == Outcome.REFUSED
        assert decision.next_step.en.startswith("Your pilot is over.")

    def test_a_pause_does_not_stop_its_days(self, affiliate: Account, operator: Account):
        pause(affiliate, operator)
        assert not has_permit(affiliate.id, PROMOTE)
        do_resume_permit(affiliate, PROMOTE, reason="Fine", by=operator.id)
        assert permit_limits(affiliate.id, PROMOTE) is not None
        set_clock("2026-02-07T12:00:00-08:00")
        assert not has_permit(affiliate.id, PROMOTE)


def test_a_blocked_account_may_nothing(creator: Account):
    do_apply_for_permit(creator, PROMOTE)
    creator.blocked_at = now()
    creator.save()
    assert not has_permit(creator.id, PROMOTE)
    assert not stands(creator).holds


def test_a_new_rule_changes_todays_answer_not_the_permit(creator: Account, operator: Account):
    do_record_facts(creator, by=operator.id, scores={})
    set_clock("2025-08-31T23:59:00+08:00")
    creator.joined_at = now() - timedelta(days=400)
    creator.save()
    do_apply_for_permit(creator, PROMOTE)
    set_clock("2025-09-01T00:00:00+08:00")
    each = stands(creator)
    assert each.holds
    assert each.rule_revision == 1
    assert each.decision.outcome == Outcome.REFUSED
    assert each.decision.rule is not None
    assert each.decision.rule.revision == 2


@pytest.mark.django_db(transaction=True)
def test_history_cannot_be_rewritten(creator: Account):
    do_apply_for_permit(creator, PROMOTE)
    rows = PermitEvent.objects.all()
    with pytest.raises(DatabaseError, match="append-only"):
        rows.update(words=F("words"))
    with pytest.raises(DatabaseError, match="append-only"):
        rows._raw_delete(rows.db)


def test_a_pilot_without_an_end_is_refused_by_the_database(person: Account):
    with pytest.raises(DatabaseError, match="people_pilot_ends"):
        Permit.objects.create(account=person, permit=PROMOTE, state="pilot")

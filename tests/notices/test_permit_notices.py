"""Whoever's permit is paused, withdrawn or given back is told, once."""

import pytest
from django.db import transaction
from tests.factories import make_account, make_operator

from yellowcart.core import outbox
from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.notices.actions import do_appeal
from yellowcart.notices.models import Notice
from yellowcart.people import permits
from yellowcart.people.conditions import PermitName
from yellowcart.people.queries import permit_history

PROMOTE = PermitName.PROMOTE


@pytest.mark.django_db
def test_decisions_of_operators_are_told_once() -> None:
    person, operator = make_account(), make_operator()
    permits.do_apply_for_permit(person, PROMOTE)
    appeal = permits.do_appeal(person, permit_history(person.id).get().id, "Count again")
    permits.do_answer_appeal(appeal.id, upheld=True, answer="Counted", by=operator.id)
    permits.do_pause_permit(
        person, PROMOTE, rule="kuaishou.promote", reason="Fake reviews", by=operator.id
    )
    outbox.relay_all()
    with transaction.atomic():
        OutboxEvent.objects.update(relayed_at=None)
    outbox.relay_all()
    told = list(Notice.objects.filter(account=person).order_by("sent_at", "id"))
    assert [(notice.stage, notice.title_en) for notice in told] == [
        ("permit", "“Promote other shops' goods”: your appeal was upheld"),
        ("permit", "“Promote other shops' goods”: is paused"),
    ]
    pause = told[1]
    assert (pause.rule_key, pause.rule_revision) == ("kuaishou.promote", 2)
    assert pause.body_zh.startswith("Fake reviews\n\n请到主播工作台")


@pytest.mark.django_db
def test_a_permits_notice_is_appealed_with_the_permit() -> None:
    person, operator = make_account(), make_operator()
    permits.do_apply_for_permit(person, PROMOTE)
    appeal = permits.do_appeal(person, permit_history(person.id).get().id, "Count again")
    permits.do_answer_appeal(appeal.id, upheld=False, answer="Counted", by=operator.id)
    outbox.relay_all()
    with pytest.raises(Problem) as refused:
        do_appeal(person, Notice.objects.get(account=person).id, "Again")
    assert refused.value.code == "appeal_elsewhere"

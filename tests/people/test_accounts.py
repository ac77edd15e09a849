"""Accounts, sign-up, follows."""

import pytest
from django.core.management import call_command
from django.test import Client

from yellowcart.core.models import OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.people.actions import do_follow, do_unfollow
from yellowcart.people.models import Account
from yellowcart.people.queries import follower_count, is_following


def test_signing_up_gives_a_name_and_a_handle(db, client: Client):
    form = {
        "username": "小梅",
        "email": "mei@example.com",
        "password1": "cloud-garden-42",
        "password2": "cloud-garden-42",
    }
    reply = client.post("/accounts/signup/", form)
    assert reply.status_code == 302
    account = Account.objects.get(username="小梅")
    assert account.display_name == "小梅"
    assert account.handle.startswith("user-")
    assert client.get("/accounts/email/").status_code == 200


def test_two_names_with_one_slug_have_two_handles(db):
    one = Account.objects.create_user("Mei.Lin")
    two = Account.objects.create_user("mei lin")
    three = Account.objects.create_user("MeiLin")
    assert one.handle == "meilin"
    assert len({one.handle, two.handle, three.handle}) == 3


def test_a_handle_once_given_stays(person: Account):
    person.username = "somebody-else"
    person.save()
    assert person.handle == "mei"


def test_createsuperuser_works(db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "cloud-garden-42")
    call_command("createsuperuser", interactive=False, username="root", email="r@example.com")
    assert Account.objects.get(username="root").handle == "root"


def test_following_twice_counts_once(person: Account, other: Account):
    assert do_follow(person, other)
    assert not do_follow(person, other)
    assert follower_count(other.id) == 1
    assert is_following(person.id, other.id)
    assert do_unfollow(person, other)
    assert not do_unfollow(person, other)
    assert follower_count(other.id) == 0
    topics = list(OutboxEvent.objects.order_by("id").values_list("topic", flat=True))
    assert topics == ["people.followed", "people.unfollowed"]


def test_nobody_follows_themselves(person: Account):
    with pytest.raises(Problem):
        do_follow(person, person)

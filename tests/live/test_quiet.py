"""One decides for oneself whether rooms tell of one; nobody else does."""

import pytest
from django.test import Client
from tests.callers import Caller
from tests.factories import make_account
from tests.rooms import make_room

from yellowcart.live import passes, quiet
from yellowcart.live.queries import room_pass

pytestmark = pytest.mark.django_db


def test_one_chooses_for_oneself_whether_rooms_tell() -> None:
    person, other = make_account(), make_account()
    caller = Caller(person)
    assert caller("GET", "/rooms/me/told") == (200, {"told": True})
    assert caller("PUT", "/rooms/me/told", {"told": False}) == (200, {"told": False})
    assert quiet.is_quiet(person)
    assert Caller(other)("GET", "/rooms/me/told") == (200, {"told": True})
    assert caller("PUT", "/rooms/me/told", {"told": True})[0] == 200
    assert not quiet.is_quiet(person)
    assert Caller()("PUT", "/rooms/me/told", {"told": False})[0] == 401


def test_a_pass_says_who_keeps_quiet() -> None:
    room, person, guest = make_room(), make_account(), None
    quiet.do_set_quiet(person, quiet=True)
    said = {
        who: passes.verify(room_pass(room, who, None)["pass"]).quiet
        for who in (person, make_account(), guest)
    }
    assert list(said.values()) == [True, False, False]


def test_the_account_page_keeps_name_words_and_the_choice() -> None:
    person = make_account(display_name="Before")
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(person)
    assert "checked" in browser.get("/me/").content.decode()
    sent = browser.post("/me/", {"display_name": "小 王", "bio": "Tea, mostly."})
    assert sent.headers["Location"] == "/me/"
    person.refresh_from_db()
    assert (person.display_name, person.bio) == ("小 王", "Tea, mostly.")
    assert quiet.is_quiet(person)
    assert "checked" not in browser.get("/me/").content.decode()
    browser.post("/me/", {"display_name": "小王", "told": "on"})
    assert not quiet.is_quiet(person)


def test_what_was_typed_stays_where_the_name_is_missing() -> None:
    person = make_account(display_name="Before")
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(person)
    answer = browser.post("/me/", {"display_name": " ", "bio": "Typed with care"})
    assert answer.status_code == 422
    assert "Typed with care" in answer.content.decode()
    person.refresh_from_db()
    assert person.display_name == "Before"
    assert not quiet.is_quiet(person)


def test_a_stranger_signs_in_first() -> None:
    assert Client().get("/me/").headers["Location"].startswith("/accounts/login/")

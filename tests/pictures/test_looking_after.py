"""Pictures that goods name become copies of ours: once each, a few at a time, over failures."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.pictures.gallery import Gallery, drawn
from yellowcart.core.clock import wall
from yellowcart.pictures import actions, rules
from yellowcart.pictures.duties import LookAfter
from yellowcart.pictures.gates import gate, use_gate
from yellowcart.pictures.models import Address, Host, Picture

pytestmark = pytest.mark.django_db

SHOP = UUID(int=7)


def want(*urls: str, look_again: bool = False) -> None:
    actions.want(SHOP, urls, look_again=look_again)


def at(url: str) -> Address:
    return Address.objects.get(id=rules.id_of(url))


def due(*urls: str) -> None:
    ids = [rules.id_of(url) for url in urls]
    then = wall() - timedelta(hours=1)
    Address.objects.filter(id__in=ids).update(due_at=then, fetched_at=then)


def later() -> None:
    """As if every rest were over."""
    Host.objects.update(breaker_until=None, wait_until=None)


def test_the_same_picture_of_many_variants_is_kept_once(hung: Gallery, duty: LookAfter) -> None:
    urls = [hung.hang(f"/{n}.png", drawn()) for n in range(100)]
    want(*urls)
    duty.work_off()
    assert Picture.objects.count() == 1
    assert Address.objects.filter(state="kept").count() == 100


def test_an_address_is_asked_once_however_many_name_it(hung: Gallery, duty: LookAfter) -> None:
    url = hung.hang("/a.png", drawn())
    want(url, url)
    want(url)
    duty.work_off()
    want(url, look_again=True)
    duty.work_off()
    assert hung.asked["/a.png"] == 1
    assert at(url).picture is not None


def test_our_own_files_are_not_fetched() -> None:
    want("/static/demo/mug.svg", "data:image/png;base64,AAAA", "ftp://x.example/a", "https:///a")
    assert not Address.objects.exists()
    assert rules.place_of("/static/demo/mug.svg") == "/static/demo/mug.svg"


def test_a_changed_picture_is_followed(hung: Gallery, duty: LookAfter) -> None:
    url = hung.hang("/a.png", drawn("teal"))
    want(url)
    duty.work_off()
    before = at(url).picture_id
    due(url)
    duty.work_off()
    assert (at(url).picture_id, hung.sent["/a.png"]) == (before, 1)
    hung.hang("/a.png", drawn("red"))
    due(url)
    duty.work_off()
    assert at(url).picture_id not in {None, before}
    assert at(url).due_at is not None


def test_what_we_have_outlives_its_source(hung: Gallery, duty: LookAfter) -> None:
    url = hung.hang("/a.png", drawn())
    want(url)
    duty.work_off()
    del hung.pictures["/a.png"]
    due(url)
    duty.work_off()
    assert (at(url).state, at(url).picture_id is None) == ("kept", False)
    assert "404" in at(url).problem["en"]


def test_what_is_missing_fails_at_once_and_comes_when_asked_again(
    hung: Gallery, duty: LookAfter
) -> None:
    url = f"{hung.url}/later.png"
    want(url)
    duty.work_off()
    assert (at(url).state, at(url).due_at, hung.asked["/later.png"]) == ("failed", None, 1)
    hung.hang("/later.png", drawn())
    assert actions.ask_again([at(url).id]) == 1
    duty.work_off()
    assert at(url).state == "kept"
    assert actions.ask_again([at(url).id]) == 0


def test_goods_that_change_have_what_failed_asked_again(hung: Gallery, duty: LookAfter) -> None:
    url = f"{hung.url}/later.png"
    want(url)
    duty.work_off()
    hung.hang("/later.png", drawn())
    want(url, look_again=True)
    duty.work_off()
    assert hung.asked["/later.png"] == 1
    Address.objects.update(fetched_at=wall() - rules.FRESH - timedelta(seconds=1))
    want(url)
    duty.work_off()
    assert at(url).state == "failed"
    want(url, look_again=True)
    duty.work_off()
    assert at(url).state == "kept"


def test_failures_that_pass_are_tried_again_and_end(hung: Gallery, duty: LookAfter) -> None:
    url = hung.hang("/a.png", drawn())
    hung.status["/a.png"] = 500
    want(url)
    for n in range(len(rules.LADDER) + 1):
        assert (at(url).state, at(url).attempts) == ("waiting", n)
        due(url)
        later()
        duty.work_off()
    assert (at(url).state, at(url).due_at) == ("failed", None)
    assert "500" in at(url).problem["en"]


def test_a_host_that_fails_is_left_alone_and_the_others_go_on(
    hung: Gallery, duty: LookAfter
) -> None:
    bad = [hung.hang(f"/bad/{n}", drawn()) for n in range(40)]
    hung.status = {f"/bad/{n}": 500 for n in range(40)}
    want(*bad)
    duty.work_off()
    asked = sum(hung.asked.values())
    assert asked < 20
    good = hung.url.replace("127.0.0.1", "localhost")
    hung.hang("/good", drawn())
    Host.objects.update(breaker_until=wall() + timedelta(hours=1))
    want(f"{good}/good")
    duty.work_off()
    assert (at(f"{good}/good").state, sum(hung.asked.values())) == ("kept", asked + 1)
    # Its rest over, one is asked; when that is answered, the rest follow.
    hung.status = {}
    due(*bad)
    later()
    Host.objects.update(breaker_until=wall())
    duty.work_off()
    assert Address.objects.filter(state="kept").count() == 41
    assert Host.objects.get(breaker="closed", failures=0)


def test_a_host_that_asks_for_a_rest_gets_it(hung: Gallery, duty: LookAfter) -> None:
    url = hung.hang("/a.png", drawn())
    hung.status["/a.png"], hung.headers["/a.png"] = 429, {"Retry-After": "60"}
    want(url)
    duty.work_off()
    duty.work_off()
    assert hung.asked["/a.png"] == 1
    hung.status = {}
    later()
    duty.work_off()
    assert at(url).state == "kept"
    assert at(url).attempts == 0


def test_a_host_is_asked_by_a_few_at_once(hung: Gallery, duty: LookAfter) -> None:
    want(*(hung.hang(f"/{n}", drawn()) for n in range(30)))
    hung.open.clear()
    for _ in range(5):
        duty()
    hung.open.set()
    duty.work_off()
    assert hung.most_at_once <= rules.AT_ONCE_A_HOST
    assert Address.objects.filter(state="kept").count() == 30


def test_a_worker_that_dies_leaves_its_askings_to_the_next(hung: Gallery, duty: LookAfter) -> None:
    url = hung.hang("/a.png", drawn())
    want(url)
    assert [one.url for one in actions.do_take(8, {})] == [url]
    duty.work_off()
    assert at(url).state == "waiting"
    Address.objects.filter(due_at__gt=wall()).update(
        due_at=at(url).due_at - timedelta(seconds=rules.TAKEN_SECONDS)
    )
    duty.work_off()
    assert at(url).state == "kept"


class _Resting:
    """A store that rests, and hears of what was asked."""

    def __init__(self) -> None:
        self.rests = [SHOP]
        self.heard: list[tuple[UUID, str, str]] = []

    def resting(self) -> list[UUID]:
        return self.rests

    def note(self, shop_id: UUID, host: str, outcome: str, _ms: int, _words: Any) -> None:
        self.heard.append((shop_id, host, outcome))


def test_pictures_of_a_store_that_rests_rest(hung: Gallery, duty: LookAfter) -> None:
    usual, store = gate(), _Resting()
    use_gate(store)
    try:
        url = hung.hang("/a.png", drawn())
        want(url)
        duty.work_off()
        assert not hung.asked
        store.rests = []
        duty.work_off()
    finally:
        use_gate(usual)
    assert at(url).state == "kept"
    assert store.heard == [(SHOP, rules.host_of(url), "kept")]


def test_what_is_wanted_now_is_not_forgotten(hung: Gallery, duty: LookAfter) -> None:
    old, new = (hung.hang(path, drawn(colour)) for path, colour in (("/o", "red"), ("/n", "teal")))
    want(old, new)
    duty.work_off()
    Address.objects.update(wanted_at=wall() - rules.UNUSED * 2)
    Picture.objects.update(made_at=wall() - rules.UNUSED * 2)
    want(new)
    assert actions.do_forget([at(old).id, at(new).id]) == 1
    assert actions.do_forget_pictures() == 1
    assert list(Address.objects.values_list("url", flat=True)) == [new]
    assert at(new).picture is not None

"""Short videos at the creator's desk: published, goods put under them, taken off."""

import pytest
from django.test import Client
from tests.factories import make_rule
from tests.web_creator.conftest import AFTER, World, at

from yellowcart.listings.models import Listing
from yellowcart.people.models import Permit
from yellowcart.policy.actions import do_write_rule
from yellowcart.videos.actions import do_mount, do_publish_video
from yellowcart.videos.models import Video


@pytest.fixture
def video(world: World) -> Video:
    return do_publish_video(world.creator, title="Three ways to wear it")


def url(video: Video, path: str = "") -> str:
    return f"/creator/videos/{video.id}/{path}"


def under(video: Video) -> list[str]:
    rows = Listing.objects.filter(
        surface="short_video", container_id=video.id, state__in=["mounted", "barred"]
    )
    return list(rows.order_by("position").values_list("product__title", flat=True))


def test_a_video_is_published_and_shown(world: World, sign_in):
    client = sign_in(world.creator)
    refused = client.post("/creator/videos/", {"title": "Tea", "cover_url": "javascript:1"})
    assert refused.status_code == 422
    assert "The cover needs an address" in refused.content.decode()
    client.post("/creator/videos/", {"title": "Tea", "cover_url": ""})
    video = Video.objects.get()
    page = client.get("/creator/videos/").content.decode()
    assert url(video) in page
    assert "moving pictures are not part of this version" in page
    for public in ("/videos/", f"/videos/{video.id}/", f"/@{world.creator.handle}/"):
        assert "Tea" in Client().get(public).content.decode()


def test_goods_are_found_put_under_it_moved_and_taken_out(world: World, video: Video, sign_in):
    client = sign_in(world.creator)
    found = client.get(url(video), {"q": "Green"}).content.decode()
    assert url(video, f"cart/mount/{world.native.id}/") in found
    for product in (world.native, world.youzan):
        client.post(url(video, f"cart/mount/{product.id}/"))
    assert under(video) == ["Green tea", "youzan cup"]
    assert "In the cart" in client.get(url(video), {"q": "Green"}).content.decode()
    first = Listing.objects.get(surface="short_video", product=world.native)
    act = url(video, f"cart/{first.id}/")
    client.post(act, {"do": "down"})
    assert under(video) == ["youzan cup", "Green tea"]
    client.post(act, {"do": "down"})
    assert under(video) == ["youzan cup", "Green tea"]
    client.post(act, {"do": "up"})
    client.post(act, {"do": "unmount"})
    assert under(video) == ["youzan cup"]
    assert client.post(act, {"do": "unmount"}).status_code == 404


def test_what_a_rule_refuses_is_told_in_its_words(world: World, video: Video, sign_in):
    rule = make_rule("film", sources=["youzan"], integrations=["link"], surfaces=["short_video"])
    do_write_rule(rule, by=None)
    client = sign_in(world.creator)
    assert rule.reason.en in client.get(url(video), {"q": "youzan"}).content.decode()
    reply = client.post(url(video, f"cart/mount/{world.youzan.id}/"), follow=True)
    assert rule.reason.en in reply.content.decode()
    assert under(video) == []


def test_goods_that_a_rule_bars_later_say_why_and_what_to_do(world: World, video: Video, sign_in):
    do_mount(world.creator, video.id, world.mokuai.id)
    rule = make_rule("film", sources=["mokuai"], integrations=["link"], surfaces=["short_video"])
    do_write_rule(rule, by=None)
    at(AFTER)
    client = sign_in(world.creator)
    page = client.get(url(video)).content.decode()
    assert rule.reason.en in page
    assert 'value="profile"' in page
    listing = Listing.objects.get(surface="short_video")
    client.post(url(video, f"cart/{listing.id}/"), {"do": "profile"})
    assert Listing.objects.filter(surface="profile", product=world.mokuai).exists()


def test_a_video_is_taken_off_with_its_goods(world: World, video: Video, sign_in):
    do_mount(world.creator, video.id, world.native.id)
    client = sign_in(world.creator)
    reply = client.post(url(video, "remove/"), follow=True)
    assert "The video is taken off" in reply.content.decode()
    assert not Video.objects.exists()
    assert under(video) == []
    assert Client().get(f"/videos/{video.id}/").status_code == 404


def test_a_video_is_its_creators_alone(world: World, video: Video, sign_in):
    do_mount(world.creator, video.id, world.native.id)
    listing = Listing.objects.get(surface="short_video")
    posts = ["remove/", f"cart/mount/{world.youzan.id}/", f"cart/{listing.id}/"]
    for who in (world.rival, world.buyer, world.operator):
        client = sign_in(who)
        assert client.get(url(video)).status_code == 403
        for path in posts:
            assert client.post(url(video, path), {"do": "unmount"}).status_code == 403
    assert sign_in(None).get(url(video)).status_code == 302
    assert under(video) == ["Green tea"]
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.creator, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(url(video, "remove/")).status_code == 403


def test_without_a_permit_goods_are_refused_in_words(world: World, video: Video, sign_in):
    Permit.objects.filter(account=world.creator).delete()
    client = sign_in(world.creator)
    reply = client.post(url(video, f"cart/mount/{world.native.id}/"), follow=True)
    assert 'role="alert"' in reply.content.decode() or "message" in reply.content.decode()
    assert under(video) == []

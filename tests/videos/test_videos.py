"""Short videos: goods under them, by their creator, within what a pilot allows."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import make_account, make_rule
from tests.rooms import make_creator, make_goods, make_link

from yellowcart.core import clock
from yellowcart.core.problems import Problem
from yellowcart.listings.models import Listing
from yellowcart.listings.queries import items_of
from yellowcart.people.models import Permit
from yellowcart.policy.actions import do_write_rule
from yellowcart.videos.actions import do_mount, do_publish_video, do_remove_video
from yellowcart.videos.models import Video

pytestmark = pytest.mark.django_db


def refused(code: str, verb, *arguments, **named) -> None:
    with pytest.raises(Problem) as caught:
        verb(*arguments, **named)
    assert caught.value.code == code


def test_goods_stay_under_a_video_when_rooms_are_closed_to_them() -> None:
    creator, link = make_creator(), make_link()
    video = do_publish_video(creator, title=" Unboxing \n day ")
    assert video.title == "Unboxing day"
    do_mount(creator, video.id, link.id)
    do_write_rule(make_rule(sources=["youzan"], surfaces=["live_room"]), by=None)
    (item,) = items_of("short_video", video.id, "en")
    assert (item["state"], item["jump_url"]) == ("mounted", f"/go/{item['listing_id']}")
    do_write_rule(make_rule("s", sources=["youzan"], surfaces=["short_video"]), by=None)
    assert items_of("short_video", video.id, "en")[0]["state"] == "barred"
    refused("barred_by_policy", do_mount, creator, video.id, make_link().id)


def test_a_video_needs_a_creator_a_title_and_an_honest_cover() -> None:
    creator = make_creator()
    refused("forbidden", do_publish_video, make_account(), title="t")
    refused("title_invalid", do_publish_video, creator, title=" ")
    refused("title_invalid", do_publish_video, creator, title="x" * 201)
    refused("cover_invalid", do_publish_video, creator, title="t", cover_url="javascript:1")


def test_a_pilot_sells_under_so_many_videos_a_week() -> None:
    creator = make_creator("promote")
    Permit.objects.filter(account=creator).update(
        state="pilot",
        until=clock.now() + timedelta(days=30),
        limits={"shoppable_videos_per_week": 2, "zone": "UTC"},
    )
    videos = [do_publish_video(creator, title="t") for _ in range(3)]
    for video in videos[:2]:
        do_mount(creator, video.id, make_goods().id)
        do_mount(creator, video.id, make_goods().id)
    refused("pilot_used_up", do_mount, creator, videos[2].id, make_goods().id)


def test_taking_a_video_off_takes_its_goods_off() -> None:
    creator = make_creator()
    video = do_publish_video(creator, title="t")
    listing = do_mount(creator, video.id, make_goods().id)
    do_remove_video(creator, video.id)
    assert Listing.objects.get(id=listing.id).state == "unmounted"
    assert not Video.objects.exists()


def test_only_the_creator_touches_a_video() -> None:
    creator = make_creator()
    video = do_publish_video(creator, title="t")
    listing = do_mount(creator, video.id, make_goods().id)
    body = json.dumps({"product_id": str(make_goods().id), "order": [str(listing.id)]})
    for actor, status in ((None, 401), (make_account(), 403), (make_creator(), 403)):
        who = Client()
        if actor:
            who.force_login(actor)
        for method, path in (
            ("POST", f"/{video.id}/cart"),
            ("PUT", f"/{video.id}/cart/order"),
            ("DELETE", f"/{video.id}/cart/{listing.id}"),
            ("DELETE", f"/{video.id}"),
        ):
            answer = who.generic(method, f"/api/v1/videos{path}", body, "application/json")
            assert (method, path, answer.status_code) == (method, path, status)
    who = Client()
    who.force_login(creator)
    path = f"/api/v1/videos/{video.id}/cart"
    assert who.generic("POST", path, body, "application/json").status_code == 201
    assert who.delete(f"{path}/{listing.id}").status_code == 204
    published = who.generic("POST", "/api/v1/videos", '{"title": "t"}', "application/json")
    assert published.status_code == 201
    assert len(who.get("/api/v1/videos").json()) == 2

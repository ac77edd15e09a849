"""Gifts, a red packet and the lucky bag on a phone: the picture goes on, and the draw is checked
by the reader's own browser."""

import json

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Visit, keep
from tests.e2e.test_room import live_room
from yellowcart.gifts import draw

XIAOLAN = "小岚穿搭"


def test_a_gift_a_packet_and_a_place_in_the_bag(visit: Visit) -> None:
    watcher = visit("emma", viewport=PHONE)
    room = live_room(watcher, XIAOLAN)
    watcher.goto(f"/rooms/{room}/")
    giver = visit("ming", language="zh-hans", viewport=PHONE)
    giver.goto(f"/rooms/{room}/")

    giver.get_by_role("button", name="送礼物").click()
    sheet = giver.locator("#gifts")
    expect(sheet.locator(".purse__coins")).to_have_text("920")
    sheet.locator(".gift-card", has_text="灯笼").click()
    for _tap in range(3):
        sheet.get_by_role("button", name="送出 · 188 金币").click()
    keep(giver, "gift-sheet")
    banner = watcher.locator(".gift-banner", has_text="Lantern")
    expect(banner).to_contain_text("×3")
    expect(sheet.locator(".purse__coins")).to_have_text("356")
    giver.keyboard.press("Escape")

    host = visit("xiaolan")
    host.goto(f"/creator/rooms/{room}/")
    card = host.locator("#desk-gifts")
    expect(card).to_contain_text("Lantern")
    card.get_by_text("Give a red packet").click()
    card.get_by_role("button", name="Give it").click()
    expect(card).to_contain_text("The red packet is in the room.")
    chip = giver.locator(".packet-chip")
    expect(chip).to_contain_text("抢")
    chip.click()
    expect(giver.locator("#packet .luck__mine")).to_contain_text("来自小岚穿搭")
    giver.keyboard.press("Escape")

    watcher.locator(".bag-chip").click()
    bag = watcher.locator("#bag")
    follow = bag.get_by_role("button", name="Follow", exact=True)
    if follow.count():
        follow.click()
    bag.get_by_role("button", name="Take part").click()
    expect(bag).to_contain_text("You take part.")
    keep(watcher, "lucky-bag")
    assert watcher.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_browser_checks_a_draw_as_the_server_makes_it(visit: Visit) -> None:
    reader = visit()
    reader.goto("/")
    names = [f"{number:016x}" for number in range(7, 700, 13)]
    entrants = [draw.Entrant(name, f"{place:032x}") for place, name in enumerate(names)]
    seed, hashed = "5e" * 32, draw.entrants_hash(entrants)
    told = {
        "state": "drawn",
        "bag_id": "b",
        "winners_wanted": 9,
        "closes_at": "2021-11-16T00:20:00Z",
        "commit": draw.commitment(seed, "b", 9, "2021-11-16T00:20:00Z"),
        "seed": seed,
        "entrants_hash": hashed,
        "entrants": [one._asdict() for one in entrants],
        "winners": [{"pseudonym": name} for name in draw.draw(seed, hashed, names, 9)],
    }
    check = "async (told) => (await import('/static/viewer/js/draw.js')).check(JSON.parse(told))"
    assert reader.evaluate(check, json.dumps(told)) == {
        "commit": True,
        "entrants": True,
        "winners": True,
    }
    changed = {**told, "seed": "5f" * 32, "entrants": told["entrants"][1:]}
    assert not any(reader.evaluate(check, json.dumps(changed)).values())

"""What the shop was told: read receipts, appeals and their answers."""

import pytest
from tests.web_merchant.conftest import World

from yellowcart.core.clock import now
from yellowcart.notices.actions import do_answer_appeal
from yellowcart.notices.models import Appeal, Notice
from yellowcart.people.models import Account

WORDS = "Our shipment for the show is on its way already."


def tell(world: World, account: Account, party: str = "merchant") -> Notice:
    return Notice.objects.create(
        account=account,
        party=party,
        shop_id=world.shop.id if party == "merchant" else None,
        rule_key="cut",
        rule_revision=1,
        stage="announced",
        effective_at=now(),
        title_en="Links leave live carts",
        title_zh="链接不能挂直播间",
        body_en="From midnight on.",
        body_zh="零点起。",
    )


@pytest.fixture
def notice(world: World) -> Notice:
    return tell(world, world.owner)


def test_opening_a_notice_is_the_receipt(world: World, sign_in, notice: Notice):
    client = sign_in(world.owner)
    inbox = client.get(world.url("notices/"), {"unread": "1"}).content.decode()
    assert "Links leave live carts" in inbox
    notice.refresh_from_db()
    assert notice.read_at is None
    client.get(world.url(f"notices/{notice.id}/"))
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    client.get(world.url(f"notices/{notice.id}/"))
    notice.refresh_from_db()
    assert notice.read_at == first
    assert "No notices" in client.get(world.url("notices/"), {"unread": "1"}).content.decode()


def test_it_is_read_in_the_readers_language(world: World, sign_in, notice: Notice):
    page = sign_in(world.owner, "zh-hans").get(world.url(f"notices/{notice.id}/"))
    assert "链接不能挂直播间" in page.content.decode()


def test_an_appeal_is_sent_once_and_answered(world: World, sign_in, notice: Notice):
    client = sign_in(world.owner)
    url = world.url(f"notices/{notice.id}/")
    short = client.post(url, {"words": "No!"})
    assert short.status_code == 422
    assert "No!" in short.content.decode()
    client.post(url, {"words": WORDS})
    appeal = Appeal.objects.get(notice=notice)
    assert appeal.words == WORDS
    assert client.post(url, {"words": WORDS}).status_code == 422
    do_answer_appeal(appeal.id, upheld=False, answer="The rule is for all.", by=world.operator.id)
    page = client.get(url).content.decode()
    assert "The rule is for all." in page
    assert "Rejected" in page


def test_nobody_reads_anothers_notice(world: World, sign_in, notice: Notice):
    url = world.url(f"notices/{notice.id}/")
    assert sign_in(world.staff).get(url).status_code == 404
    assert sign_in(world.buyer).get(url).status_code == 403
    assert sign_in(world.staff).post(url, {"words": WORDS}).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_what_one_was_told_as_a_creator_is_read_in_the_console(world: World, sign_in):
    mine = tell(world, world.owner, "creator")
    client = sign_in(world.owner)
    assert client.get(world.url(f"notices/{mine.id}/")).status_code == 404
    assert "Links leave" in client.get("/creator/notices/").content.decode()
    assert client.get(f"/creator/notices/{mine.id}/").status_code == 200
    client.post(f"/creator/notices/{mine.id}/", {"words": WORDS})
    assert Appeal.objects.get(notice=mine).words == WORDS
    assert sign_in(world.buyer).get(f"/creator/notices/{mine.id}/").status_code == 404

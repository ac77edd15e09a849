"""The overview: permits with what is missing, and what a rule will bar."""

from tests.web_creator.conftest import World

from yellowcart.listings.actions import do_mount
from yellowcart.live.queries import access_cart
from yellowcart.people.models import Permit, PermitAppeal


def test_a_newcomer_sees_what_is_missing_and_applies(world: World, sign_in):
    client = sign_in(world.buyer)
    page = client.get("/creator/").content.decode()
    assert "Real name not verified yet" in page
    reply = client.post("/creator/permits/go_live/apply/", follow=True)
    assert "Not yet" in reply.content.decode()
    assert Permit.objects.get(account=world.buyer, permit="go_live").state == "refused"


def test_a_refusal_is_appealed_once_with_words(world: World, sign_in):
    client = sign_in(world.buyer)
    client.post("/creator/permits/go_live/apply/")
    short = client.post("/creator/permits/go_live/appeal/", {"words": "please"})
    assert short.status_code == 422
    assert "please" in short.content.decode()
    assert not PermitAppeal.objects.exists()
    words = "My name was verified at the counter on Monday."
    reply = client.post("/creator/permits/go_live/appeal/", {"words": words}, follow=True)
    assert words in reply.content.decode()
    assert PermitAppeal.objects.get().event.account == world.buyer


def test_nothing_can_be_appealed_before_it_was_decided(world: World, sign_in):
    reply = sign_in(world.buyer).post(
        "/creator/permits/promote/appeal/", {"words": "I should have it."}
    )
    assert reply.status_code == 409


def test_a_permit_that_does_not_exist_is_no_page(world: World, sign_in):
    assert sign_in(world.buyer).post("/creator/permits/everything/apply/").status_code == 404


def test_the_overview_tells_what_a_rule_will_bar(world: World, sign_in):
    container = access_cart(world.creator, world.room.id)
    for product in (world.native, world.youzan, world.mokuai):
        do_mount(world.creator, container, product.id)
    reply = sign_in(world.creator).get("/creator/")
    (hit,) = reply.context["coming"]
    assert {offer.listing.product for offer in hit.offers} == {world.youzan, world.mokuai}
    assert "2 listings of Mokuai and Youzan goods will be barred" in reply.content.decode()

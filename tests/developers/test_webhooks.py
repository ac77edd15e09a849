"""What happened reaches an integrator: once, signed, again where it failed, and only the right."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from tests.callers import Caller
from tests.developers.receiver import Receiver, receiving
from tests.developers.worlds import make_program, owner_with_shop
from tests.factories import make_account, make_operator, make_product, make_shop, make_sku
from yellowcart.core import clock, outbox
from yellowcart.core.problems import Problem
from yellowcart.developers import delivering, hooks, rules
from yellowcart.developers.actions import do_change_application, do_disconnect
from yellowcart.developers.models import AccessToken, Message, Try, Webhook
from yellowcart.inventory.actions import do_set_stock
from yellowcart.notices.models import Notice
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop, ShopMember

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    with receiving(settings) as one:
        yield one


class Story:
    """An owner whose program hears of stock."""

    def __init__(self, url: str) -> None:
        self.owner, self.shop = owner_with_shop()
        self.sku = make_sku(make_product(self.shop))
        self.program = make_program(self.owner, f"shop:{self.shop.id}").log_in()
        self.webhook, self.secret = hooks.do_make_webhook(
            actor=self.owner,
            application=self.program.application,
            reach=self.program.application.reach,
            url=url,
            events=["stock.changed"],
        )

    def count(self, on_hand: int) -> None:
        """Set the stock, and have the outbox relayed."""
        do_set_stock(self.shop.id, self.sku.id, on_hand, actor_id=self.owner.id)
        outbox.relay_all()


def later(wait: timedelta) -> None:
    """Let time pass."""
    clock.set_timeline(clock.starting_at(clock.now() + wait))


def deliver_all() -> None:
    """What the duty would have done by now."""
    waiting = Message.objects.filter(state="waiting", next_at__lte=clock.now())
    for webhook_id in set(waiting.values_list("webhook_id", flat=True)):
        delivering.deliver(str(webhook_id))


def test_an_event_arrives_once_signed_as_standard_webhooks_says(receiver) -> None:
    story = Story(receiver.url)
    story.count(7)
    deliver_all()
    deliver_all()
    [(headers, body)] = receiver.got
    said = Verifier(story.secret).verify(body, headers)
    assert said["type"] == "stock.changed"
    assert said["shop_id"] == str(story.shop.id)
    assert said["data"] == {"sku_id": str(story.sku.id), "on_hand": 7, "free": 7}
    with pytest.raises(WebhookVerificationError):
        Verifier(hooks.new_secret()).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(story.secret).verify(body + b" ", headers)
    message = Message.objects.get()
    assert (message.state, headers["webhook-id"]) == ("delivered", str(message.id))
    tried = Try.objects.get()
    assert (tried.status, tried.answer) == (200, "thank you")


def test_a_repeated_relay_makes_no_second_message(receiver) -> None:
    story = Story(receiver.url)
    story.count(7)
    outbox.OutboxEvent.objects.update(relayed_at=None)
    outbox.relay_all()
    assert Message.objects.count() == 1


def test_a_failure_is_tried_again_up_the_ladder_and_then_given_up(receiver) -> None:
    story = Story(receiver.url)
    receiver.statuses = [500, 302, 200]
    story.count(7)
    deliver_all()
    deliver_all()
    assert len(receiver.got) == 1
    later(rules.LADDER[0])
    deliver_all()
    assert len(receiver.got) == 2
    later(rules.LADDER[1])
    deliver_all()
    assert Message.objects.get().state == "delivered"
    ids = {headers["webhook-id"] for headers, _body in receiver.got}
    assert len(ids) == 1

    receiver.statuses = [503]
    story.count(8)
    Webhook.objects.update(failing_since=None)
    for wait in (*rules.LADDER, timedelta()):
        deliver_all()
        Webhook.objects.update(failing_since=None)
        later(wait)
    message = Message.objects.order_by("-created_at")[0]
    assert (message.state, message.tries) == ("failed", len(rules.LADDER) + 1)


def test_days_of_failure_disable_it_and_its_maker_is_told(receiver) -> None:
    story = Story(receiver.url)
    receiver.statuses = [500]
    story.count(7)
    deliver_all()
    later(rules.FAILING_FOR)
    deliver_all()
    story.webhook.refresh_from_db()
    assert story.webhook.state == "disabled"
    story.count(9)
    assert Message.objects.count() == 1
    notice = Notice.objects.get(account=story.owner)
    assert receiver.url in notice.body_en
    assert notice.shop_id == story.shop.id

    receiver.statuses = [200]
    hooks.do_change_webhook(actor=story.owner, webhook=story.webhook, is_on=True)
    hooks.do_replay(webhook=story.webhook)
    deliver_all()
    assert Message.objects.get().state == "delivered"


def test_what_says_it_is_gone_is_disabled_at_once(receiver) -> None:
    story = Story(receiver.url)
    receiver.statuses = [410]
    story.count(7)
    deliver_all()
    story.webhook.refresh_from_db()
    assert story.webhook.state == "disabled"


def test_a_dead_receiver_rests_after_three_failures_in_a_row(receiver) -> None:
    story = Story(receiver.url)
    receiver.statuses = [500]
    for on_hand in range(1, 6):
        story.count(on_hand)
    delivering.deliver(str(story.webhook.id))
    assert len(receiver.got) == rules.FAILURES_IN_A_ROW
    story.webhook.refresh_from_db()
    assert story.webhook.rest_until is not None


def test_the_duty_hands_each_webhook_to_one_job(receiver) -> None:
    story = Story(receiver.url)
    delivering.deliver_due()
    story.webhook.refresh_from_db()
    assert story.webhook.claimed_until is None
    story.count(7)
    # Asked for an instant that is past, the worker would spin while the job is at it.
    assert delivering.deliver_due() is None
    story.webhook.refresh_from_db()
    claimed = story.webhook.claimed_until
    assert claimed is not None
    delivering.deliver_due()
    story.webhook.refresh_from_db()
    assert story.webhook.claimed_until == claimed
    delivering.deliver(str(story.webhook.id))
    story.webhook.refresh_from_db()
    assert story.webhook.claimed_until is None


def test_two_secrets_sign_for_a_day(receiver) -> None:
    story = Story(receiver.url)
    _row, renewed = hooks.do_renew_secret(actor=story.owner, webhook=story.webhook)
    story.count(7)
    deliver_all()
    headers, body = receiver.got[0]
    for secret in (story.secret, renewed):
        Verifier(secret).verify(body, headers)
    later(rules.BOTH_SECRETS_FOR)
    story.count(8)
    deliver_all()
    headers, body = receiver.got[1]
    Verifier(renewed).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(story.secret).verify(body, headers)


def test_secrets_lie_sealed(receiver) -> None:
    story = Story(receiver.url)
    assert story.secret.encode() not in bytes(Webhook.objects.get().sealed)


def test_only_what_the_reach_the_scopes_and_the_role_allow_is_told(receiver) -> None:
    story = Story(receiver.url)
    elsewhere = make_shop(story.owner)
    other = make_sku(make_product(elsewhere))
    do_set_stock(elsewhere.id, other.id, 3, actor_id=story.owner.id)
    outbox.relay_all()
    assert Message.objects.count() == 0

    fine = {"actor": story.owner, "application_id": story.program.application.id, "name": "B"}
    do_change_application(**fine, scopes=["orders:read"], redirect_uris=[])
    story.count(7)
    assert Message.objects.count() == 0
    do_change_application(**fine, scopes=["stock:read"], redirect_uris=[])
    story.count(8)
    assert Message.objects.count() == 1
    ShopMember.objects.filter(account=story.owner, shop=story.shop).delete()
    story.count(9)
    assert Message.objects.count() == 1


def test_an_operators_webhook_hears_of_every_shop(receiver) -> None:
    operator = make_operator()
    program = make_program(operator, "installation")
    hooks.do_make_webhook(
        actor=operator,
        application=program.application,
        reach=program.application.reach,
        url=receiver.url,
        events=["stock.changed"],
    )
    _owner, shop = owner_with_shop()
    do_set_stock(shop.id, make_sku(make_product(shop)).id, 3, actor_id=operator.id)
    outbox.relay_all()
    assert json.loads(Message.objects.get().body)["shop_id"] == str(shop.id)


def test_what_a_person_takes_back_takes_its_webhooks_along(receiver) -> None:
    story = Story(receiver.url)
    do_disconnect(
        actor=story.owner,
        application_id=story.program.application.id,
        shop_id=story.shop.id,
        installation=False,
    )
    assert Webhook.objects.count() == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/hooks",
        "https://127.0.0.1/hooks",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://10.0.0.1/",
        "ftp://example.com/",
        "https://me:pw@example.com/",
        "https://[",
        "/hooks",
    ],
)
def test_nothing_is_sent_to_addresses_that_are_not_public(url: str) -> None:
    with pytest.raises(Problem) as refused:
        Story(url)
    assert refused.value.status == 422


def test_an_address_that_turned_private_is_refused_when_it_is_called(receiver, settings) -> None:
    story = Story(receiver.url)
    settings.FETCH_ALLOW = []
    story.count(7)
    deliver_all()
    assert receiver.got == []
    assert Try.objects.get().status == 0


def test_a_program_keeps_its_webhooks_by_the_api(receiver) -> None:
    owner, shop = owner_with_shop()
    program = make_program(owner, f"shop:{shop.id}").log_in()
    status, made = program("POST", "/webhooks", {"url": receiver.url, "events": ["stock.changed"]})
    assert status == 201
    assert made["secret"].startswith("whsec_")
    path = f"/webhooks/{made['webhook_id']}"
    assert program("POST", f"{path}/ping")[0] == 202
    deliver_all()
    status, log = program("GET", f"{path}/messages")
    [message] = log["items"]
    assert (message["type"], message["state"]) == ("ping", "delivered")
    assert message["attempts"][0]["status"] == 200
    assert program("POST", f"{path}/messages/{message['message_id']}/replay")[1] == {"messages": 1}
    span = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    assert program("POST", f"{path}/replay", span) == (202, {"messages": 1})
    past = {**span, "until": "2020-01-02T00:00:00Z"}
    assert program("POST", f"{path}/replay", past) == (202, {"messages": 0})
    deliver_all()
    assert len(receiver.got) == 2
    assert program("POST", f"{path}/secret")[1]["secret"] != made["secret"]
    assert program("PATCH", path, {"on": False})[1]["state"] == "off"
    assert "whsec_" not in repr(program("GET", "/webhooks"))
    assert program("PATCH", path, {"events": ["nothing"]})[0] == 422
    assert program("DELETE", path)[0] == 204
    assert program("GET", f"{path}/messages")[0] == 404


def test_nobody_reaches_webhooks_that_are_not_theirs(receiver) -> None:
    story = Story(receiver.url)
    path = f"/webhooks/{story.webhook.id}"
    stranger, shop = owner_with_shop()
    other = make_program(stranger, f"shop:{shop.id}").log_in()
    elsewhere = make_shop(story.owner)
    # The same application with another shop's token, another application, and a session.
    beside = make_program(story.owner, f"shop:{elsewhere.id}").log_in()
    for program in (other, beside):
        assert program("GET", f"{path}/messages")[0] == 404
        assert program("POST", f"{path}/secret")[0] == 404
        assert program("DELETE", path)[0] == 404
    number = story.program.application.id
    assert Caller(stranger)("GET", f"{path}/messages?application={number}")[0] == 404
    assert Caller(stranger)("GET", f"/webhooks?application={number}")[0] == 404
    assert Caller(story.owner)("GET", "/webhooks")[0] == 422
    assert Caller(story.owner)("GET", f"{path}/messages?application={number}")[0] == 200


def test_a_webhook_reaches_no_further_than_its_maker() -> None:
    account: Account = make_account()
    shop: Shop = make_shop(account)
    own = make_program(account, "own").log_in()
    status, said = own("POST", "/webhooks", {"url": "https://a.example/", "events": ["order.paid"]})
    assert (status, said["code"]) == (422, "webhook_invalid")
    poor = make_program(account, f"shop:{shop.id}", "webhooks:write orders:read").log_in()
    status, said = poor(
        "POST", "/webhooks", {"url": "https://a.example/", "events": ["stock.changed"]}
    )
    assert (status, said["code"]) == (422, "webhook_invalid")


def test_the_log_is_forgotten_in_time_but_nothing_that_waits(receiver, settings) -> None:
    story = Story(receiver.url)
    story.count(7)
    deliver_all()
    story.count(8)
    later(timedelta(days=settings.WEBHOOK_LOG_DAYS + 1))
    delivering.do_forget_messages()
    assert [message.state for message in Message.objects.all()] == ["waiting"]


def test_tokens_that_serve_no_more_are_cleared_once_an_hour(receiver) -> None:
    Story(receiver.url)
    tokens = AccessToken.objects.all()
    forget = delivering.Forget()
    forget()
    assert tokens.count() == 1
    tokens.update(expires=clock.wall() - timedelta(days=200))
    forget()
    assert tokens.count() == 1
    later(delivering.FORGET_EVERY)
    forget()
    assert tokens.count() == 0

"""A creator's earnings: their own, with when they come, and nobody else's."""

import pytest
from tests.settlement.worlds import Market, make_market, set_clock, work

from yellowcart.settlement.models import Withdrawal

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    set_clock("2025-03-03T10:00:00+08:00")
    return make_market()


def test_commission_is_shown_before_and_after_it_is_settled(market: Market, sign_in):
    order = market.sell(commission_bps=1_000)
    work()
    client = sign_in(market.creator)
    (coming,) = client.get("/creator/money/", {"show": "upcoming"}).context["shares"]
    assert coming.share.net_minor > 0
    market.settle(commission_bps=1_000)
    answer = client.get("/creator/money/")
    assert answer.context["overview"].payable_minor > 0
    assert str(order.id) not in answer.content.decode()
    client.post("/creator/money/withdraw/", {"key": "k", "amount": "5"})
    assert Withdrawal.objects.get().party == market.host


def test_everybody_reads_their_own_only(market: Market, sign_in):
    market.settle(commission_bps=1_000)
    assert sign_in(None).get("/creator/money/").status_code == 302
    answer = sign_in(market.world.buyer).get("/creator/money/", {"party": market.host})
    assert answer.context["overview"].payable_minor == 0
    answer = sign_in(market.world.buyer).get(
        "/api/v1/settlement/statement.csv", {"party": market.host}
    )
    assert answer.status_code == 403

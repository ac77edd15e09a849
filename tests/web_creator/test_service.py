"""What MCNs and service providers have of others' sales: theirs alone, with the contracts."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import make_account
from tests.settlement.worlds import Market, make_market, set_clock

from yellowcart.core.clock import now
from yellowcart.people.models import Account
from yellowcart.settlement import contracts
from yellowcart.settlement.contracts import TermsWritten
from yellowcart.settlement.models import Withdrawal
from yellowcart.settlement.rules import ContractBase, ContractKind

pytestmark = pytest.mark.django_db
PAGE = "/creator/service-income/"


@pytest.fixture
def market() -> Market:
    set_clock("2025-03-03T10:00:00+08:00")
    return make_market()


@pytest.fixture
def agency(market: Market) -> Account:
    """An account with 30% of the creator's commission and 2% of the shop's goods."""
    account = make_account()
    for payer, payee, kind, base, rate in (
        (market.host, f"mcn:{account.id}", ContractKind.MCN, ContractBase.COMMISSION, 3_000),
        (market.shop, f"service:{account.id}", ContractKind.SERVICE, ContractBase.GOODS, 200),
    ):
        written = TermsWritten(payer, payee, kind, base, rate, now(), now() + timedelta(days=90))
        contracts.do_write(actor=market.operator, written=written)
    return account


def test_each_share_has_its_statement_and_its_contract(market: Market, agency: Account, sign_in):
    order = market.settle(10_000, commission_bps=2_000)
    client = sign_in(agency)
    as_mcn, as_service = (client.get(PAGE, {"as": role}) for role in ("mcn", "service"))
    assert as_mcn.context["overview"].payable_minor == 300
    assert as_service.context["overview"].payable_minor == 200
    page = as_service.content.decode()
    assert "2% of the goods" in page
    assert market.world.shop.name in page
    assert "30% of the commission" in as_mcn.content.decode()
    assert str(order.id) not in page
    assert f'href="{PAGE}"' in client.get("/").content.decode()


def test_it_is_taken_out_by_its_owner(market: Market, agency: Account, sign_in):
    market.settle(50_000, commission_bps=2_000)
    client = sign_in(agency)
    client.post(f"{PAGE}service/withdraw/", {"key": "k", "amount": "5"})
    assert Withdrawal.objects.get().party == f"service:{agency.id}"
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agency, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(f"{PAGE}service/withdraw/", {"key": "l", "amount": "5"}).status_code == 403


def test_it_is_nobody_elses(market: Market, agency: Account, sign_in):
    market.settle(50_000, commission_bps=2_000)
    assert sign_in(None).get(PAGE).status_code == 302
    for who in (market.creator, market.world.owner, market.world.buyer, market.operator):
        client = sign_in(who)
        assert client.get(PAGE).status_code == 403
        assert client.post(f"{PAGE}mcn/withdraw/", {"key": "k", "amount": "5"}).status_code == 403
        assert f'href="{PAGE}"' not in client.get("/creator/money/").content.decode()
    assert sign_in(agency).post(f"{PAGE}platform/withdraw/", {}).status_code == 403
    assert not Withdrawal.objects.exists()

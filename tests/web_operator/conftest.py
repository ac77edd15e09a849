import pytest
from django.test import Client
from tests.factories import make_account, make_operator, make_shop

from yellowcart.core import clock
from yellowcart.core.instants import parse_instant
from yellowcart.people.models import Account, RoleGrant
from yellowcart.policy import queries as policy
from yellowcart.policy.actions import do_install_pack

CUT = parse_instant("2021-11-16T00:00+08:00")
EVENING = parse_instant("2021-11-15T22:00+08:00")


@pytest.fixture(autouse=True)
def evening() -> None:
    """Two hours before the cut."""
    clock.set_timeline(clock.starting_at(EVENING))


@pytest.fixture
def operator(db: None) -> Account:
    return make_operator()


@pytest.fixture
def desk(operator: Account) -> Client:
    """An operator's browser, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(operator)
    return client


@pytest.fixture
def merchant(db: None) -> Account:
    account = make_account()
    make_shop(owner=account)
    return account


@pytest.fixture
def creator(db: None) -> Account:
    account = make_account()
    RoleGrant.objects.create(account=account, role="creator")
    return account


@pytest.fixture
def rules(db: None) -> None:
    """Kuaishou's history as far as it was announced that evening."""
    do_install_pack("kuaishou", announced_by=EVENING)
    policy.forget()

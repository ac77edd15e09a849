import pytest

from yellowcart.people.actions import do_grant_role
from yellowcart.people.models import Account
from yellowcart.people.roles import Role


@pytest.fixture
def person(db) -> Account:
    return Account.objects.create_user("mei", password="cloud-garden-42")


@pytest.fixture
def other(db) -> Account:
    return Account.objects.create_user("bo", password="cloud-garden-42")


@pytest.fixture
def operator(db) -> Account:
    account = Account.objects.create_user("op", password="cloud-garden-42")
    do_grant_role(account, Role.OPERATOR)
    return account

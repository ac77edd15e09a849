"""The demo's creators hold what their scenes need; the newcomer still has a way to go."""

import pytest

from yellowcart.core import clock
from yellowcart.core.instants import parse_instant
from yellowcart.demo import street
from yellowcart.people.actions import do_apply_for_permit
from yellowcart.people.conditions import PermitName
from yellowcart.people.queries import has_permit


@pytest.mark.django_db
@pytest.mark.parametrize("evening", [None, "2021-11-15T20:00:00+08:00"])
def test_creators_may_sell_and_the_newcomer_not_yet(evening: str | None) -> None:
    if evening:
        clock.set_timeline(clock.starting_at(parse_instant(evening)))
    accounts = street.open_accounts()
    for name in ("xiaolan", "dafei"):
        assert has_permit(accounts[name].id, PermitName.GO_LIVE)
        assert has_permit(accounts[name].id, PermitName.PROMOTE)
    decision = do_apply_for_permit(accounts["newcomer"], PermitName.PROMOTE)
    assert {result.name for result in decision.unmet} >= {"real_name", "followers"}

"""Every connector does what it declares, and nothing else."""

import pytest

from yellowcart.sources.connector import Can, Connector
from yellowcart.sources.registry import CONNECTORS

METHODS = {
    Can.AUTHORISE: {"authorise_url", "redeem"},
    Can.FETCH_ITEM: {"item"},
    Can.LIST_CATALOGUE: {"catalogue"},
    Can.FOLLOW_STOCK: {"levels"},
    Can.CHANGE_STOCK: {"stock_of", "change_stock"},
    Can.COPY_TO_CHANNEL: {"copy_to_channel"},
    Can.TAKE_ORDER: {"place", "find", "progress", "cancel"},
    Can.REDUCE_ORDER: {"reduce"},
    Can.REFUND_ORDER: {"refund"},
    Can.REPORT_CONVERSIONS: {"conversions"},
    Can.RECEIVE_WEBHOOKS: {"read_webhook"},
    Can.CONVERT_LINK: {"takes_link", "convert"},
}


def test_every_capability_has_its_methods_here() -> None:
    assert set(METHODS) == set(Can)


@pytest.mark.parametrize("connector", CONNECTORS.values(), ids=CONNECTORS)
def test_a_connector_has_the_methods_it_declares_and_no_others(connector: Connector) -> None:
    own = type(connector)
    written = {
        name
        for names in METHODS.values()
        for name in names
        if getattr(own, name) is not getattr(Connector, name)
    }
    assert written == {name for can in connector.can for name in METHODS[can]}
    assert own.check is not Connector.check
    assert connector.settings
    assert connector.documentation


@pytest.mark.parametrize("connector", CONNECTORS.values(), ids=CONNECTORS)
def test_secrets_are_declared_as_such(connector: Connector) -> None:
    names = {one.name: one.kind for one in connector.settings}
    assert len(names) == len(connector.settings)
    assert all(kind == "secret" for name, kind in names.items() if "secret" in name)

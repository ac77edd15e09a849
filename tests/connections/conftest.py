"""A shop whose owner connects stores, and the fake stores."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.connections.fakes import ConsentConnector, FakeConnector, TellingConnector, draft
from tests.factories import make_account, make_shop
from tests.orders.worlds import World
from tests.sources.contract import jd as jd_contract
from tests.sources.contract import taobao as taobao_contract
from tests.sources.contract.gateway import served
from yellowcart.catalog import supply
from yellowcart.catalog.models import Sku
from yellowcart.connections import actions, lane
from yellowcart.connections.models import Connection, Following
from yellowcart.core.clock import wall
from yellowcart.listings.models import Listing
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.sources.actions import do_know_sources
from yellowcart.sources.connectors.jd import JD
from yellowcart.sources.connectors.taobao import Taobao
from yellowcart.sources.registry import CONNECTORS

TYPED = {"url": "https://store.example/", "token": "secret-token-9876"}


@pytest.fixture
def store() -> Iterator[FakeConnector]:
    connector = FakeConnector()
    CONNECTORS[connector.source] = connector
    yield connector
    del CONNECTORS[connector.source]


@pytest.fixture
def consenting() -> Iterator[ConsentConnector]:
    connector = ConsentConnector()
    CONNECTORS[connector.source] = connector
    yield connector
    del CONNECTORS[connector.source]


@pytest.fixture
def tells() -> Iterator[TellingConnector]:
    connector = TellingConnector()
    CONNECTORS[connector.source] = connector
    yield connector
    del CONNECTORS[connector.source]


@pytest.fixture
def known_sources() -> None:
    do_know_sources()


@pytest.fixture
def union(
    known_sources: None, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[jd_contract.Union]:
    contract = jd_contract.Union()
    with served(contract, settings) as address:
        monkeypatch.setitem(CONNECTORS, "jd", JD(address + "/routerjson"))
        yield contract


@pytest.fixture
def alliance(
    known_sources: None, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[taobao_contract.Alliance]:
    contract = taobao_contract.Alliance()
    contract.codes["E9XXbOaNcwP"] = ("587584692337", "//s.click.taobao.com/t?e=m%3D2")
    with served(contract, settings) as address:
        monkeypatch.setitem(CONNECTORS, "taobao", Taobao(address + "/router/rest"))
        yield contract


@pytest.fixture
def owner() -> Account:
    return make_account()


@pytest.fixture
def shop(owner: Account) -> Shop:
    return make_shop(owner)


@pytest.fixture
def connection(owner: Account, shop: Shop, store: FakeConnector) -> Connection:
    row = actions.do_connect(actor=owner, shop=shop, source="faked", typed=TYPED)
    Connection.objects.filter(id=row.id).update(approves=True)
    row.refresh_from_db()
    return row


@pytest.fixture
def told(owner: Account, shop: Shop, tells: TellingConnector) -> Connection:
    """A connection to the store that is told of sales; its goods pass without a review."""
    row = actions.do_connect(actor=owner, shop=shop, source="told", typed=TYPED)
    Connection.objects.filter(id=row.id).update(approves=True)
    row.refresh_from_db()
    return row


Work = Callable[..., Connection]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Do all that is due for a connection; the connection afterwards."""
    # All of it in one turn, however slow the machine.
    monkeypatch.setattr(lane, "TURN_SECONDS", 600.0)

    def do(
        connection: Connection, *, all_due: bool = False, orders_due: bool = False
    ) -> Connection:
        if all_due:
            Following.objects.filter(connection=connection).update(due_at=wall())
        if orders_due:
            connection.supplies.filter(due_at__isnull=False).update(due_at=wall())
            connection.stock_tellings.filter(due_at__isnull=False).update(due_at=wall())
        Connection.objects.filter(id=connection.id).update(lane_until=None, lane_token=None)
        lane.do_work(str(connection.id))
        return Connection.objects.select_related("supplier", "shop").get(id=connection.id)

    return do


@pytest.fixture
def world(connection, store, work, owner, shop) -> World:
    """The owner's shop sells a copy of the store's tea: five of it lie there."""
    store.shelf.drafts = {"tea": draft("tea")}
    connection = work(connection)
    supply.do_list_supplier_goods(actor=owner, supplier=connection.supplier, shop=shop)
    sku = Sku.objects.get(product__shop=shop, options=["a"])
    listing = Listing.objects.create(
        shop=shop,
        product_id=sku.product_id,
        surface="shop_page",
        container_id=shop.id,
        source="native",
        integration="native",
        shop_type="enterprise",
    )
    return World(owner, shop, sku, listing, make_account())

"""The whole way over real HTTP: the example that suppliers start from is connected, listed in one
click, sold, handed over, shipped, told of by webhook, and lost for a while."""

import importlib.util
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.factories import make_account
from tests.orders.test_actions import paid
from tests.orders.worlds import World, fresh
from yellowcart.catalog.models import Sku
from yellowcart.connections import actions, listing
from yellowcart.connections.models import Connection, Supply
from yellowcart.core import outbox
from yellowcart.inventory.queries import levels_of
from yellowcart.listings.models import Listing
from yellowcart.orders.models import Shipment

pytestmark = pytest.mark.django_db

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXAMPLE = Path(__file__).parents[2] / "docs/examples/supplier.py"


@pytest.fixture
def example(settings: SettingsWrapper) -> Iterator[tuple[ModuleType, str]]:
    spec = importlib.util.spec_from_file_location("example_supplier_whole", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.server(0, SECRET)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.FETCH_ALLOW = [f"127.0.0.1:{server.server_port}"]
    yield module, f"http://127.0.0.1:{server.server_port}/yellowcart"
    server.shutdown()
    server.server_close()


@pytest.fixture
def sold_here(example, owner, shop, work) -> tuple[Connection, World]:
    """The example is connected and its blue mugs stand in the owner's shop."""
    _module, url = example
    row = actions.do_connect(
        actor=owner, shop=shop, source="supplier", typed={"url": url, "secret": SECRET}
    )
    Connection.objects.filter(id=row.id).update(approves=True)
    row = work(row)
    run = listing.do_begin_run(actor=owner, shop=shop, supplier=row.supplier)
    listing.do_run(str(run.id))
    sku = Sku.objects.get(product__shop=shop, options=["blue"])
    mounted = Listing.objects.create(
        shop=shop,
        product_id=sku.product_id,
        surface="shop_page",
        container_id=shop.id,
        source="native",
        integration="native",
        shop_type="enterprise",
    )
    return row, World(owner, shop, sku, mounted, make_account())


def free(world: World) -> int:
    return levels_of([world.sku])[world.sku.id].free


def test_it_is_sold_here_and_sent_there(example, sold_here, work):
    module, _url = example
    row, world = sold_here
    assert (row.name, free(world)) == ("Example supplier", 5)
    order = paid(world, world.order(quantity=2))
    outbox.relay_all()
    work(row)
    (theirs,) = module.ORDERS.values()
    assert theirs["lines"][0]["quantity"] == 2
    work(row, all_due=True)
    assert (module.SKUS["mug-blue"]["stock"], free(world)) == (3, 3)
    theirs.update(state="sent", parcels=[{"carrier": "SF", "tracking_no": "SF1"}])
    work(row, orders_due=True)
    assert fresh(order).state == "shipped"
    assert Shipment.objects.get(order_id=order.id).tracking_no == "SF1"
    work(row, all_due=True)
    assert free(world) == 3


def test_its_messages_are_heard(example, sold_here, work):
    module, _url = example
    row, world = sold_here
    level = {"product": "mug", "sku": "mug-blue", "available": 1, "price": 4100}
    body = json.dumps(
        {
            "type": "stock.changed",
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "data": level,
        }
    ).encode()
    at = str(int(time.time()))
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": at,
        "webhook-signature": module.signature(SECRET, "msg_1", at, body),
    }
    url = f"/api/v1/connections/{row.id}/webhook"
    reply = Client().post(url, body, content_type="application/json", headers=headers)
    assert reply.status_code == 200
    work(row)
    world.sku.refresh_from_db()
    assert (free(world), world.sku.price_minor) == (1, 4100)
    forged = Client().post(url, body + b" ", content_type="application/json", headers=headers)
    assert forged.status_code == 401


def test_an_outage_is_survived(example, sold_here, work, settings):
    row, world = sold_here
    allowed = settings.FETCH_ALLOW
    paid(world, world.order(quantity=1))
    outbox.relay_all()
    # Nobody answers there for a while.
    settings.FETCH_ALLOW = []
    work(row)
    supply = Supply.objects.get()
    assert (supply.state, supply.attempts) == ("unassigned", 1)
    settings.FETCH_ALLOW = allowed
    work(row, orders_due=True)
    supply.refresh_from_db()
    assert supply.state == "assigned"


def test_what_it_has_sold_out_meanwhile_comes_back(example, sold_here, work):
    module, _url = example
    row, world = sold_here
    module.SKUS["mug-blue"]["stock"] = 1
    order = paid(world, world.order(quantity=3))
    outbox.relay_all()
    work(row)
    assert Supply.objects.get().state == "returned"
    assert fresh(order).open_cases == 1

"""The generated client does what it was generated for."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from scripts import describe

from tests.developers.worlds import make_program, owner_with_shop
from tests.factories import make_product, make_sku
from tests.orders.test_actions import paid
from tests.orders.worlds import make_world
from tests.rooms import database_url, serving
from yellowcart.config import settings as configured

CLIENT = Path(__file__).parent.parent.parent / "clients" / "python"


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(CLIENT))
    yield
    for name in [each for each in sys.modules if each.startswith("yellowcart_client")]:
        del sys.modules[name]


def through_django(request: httpx.Request) -> httpx.Response:
    """Hands a call to Django within the test's transaction."""
    reply = Client().generic(
        request.method,
        request.url.raw_path.decode(),
        request.content,
        request.headers.get("Content-Type", ""),
        headers=dict(request.headers),
    )
    return httpx.Response(reply.status_code, headers=dict(reply.headers), content=reply.content)


@pytest.mark.django_db
def test_it_counts_stock_and_reads_it_again() -> None:
    from yellowcart_client import AuthenticatedClient
    from yellowcart_client.api.inventory import inventory_adjust_stock, inventory_get_stock
    from yellowcart_client.api.shops import shops_my_shops
    from yellowcart_client.models import DeltaIn

    owner, shop = owner_with_shop()
    sku = make_sku(make_product(shop), stock=10)
    program = make_program(owner, f"shop:{shop.id}", "shops:read stock:read stock:write").log_in()
    client = AuthenticatedClient(
        base_url="http://testserver",
        token=program.token,
        httpx_args={"transport": httpx.MockTransport(through_django)},
    )
    mine = shops_my_shops.sync_detailed(client=client)
    assert mine.status_code == 200, mine.content
    assert [each.handle for each in mine.parsed] == [shop.handle]
    delta = DeltaIn(delta=-3, idempotency_key="k1")
    for _again in range(2):
        counted = inventory_adjust_stock.sync(sku.id, client=client, body=delta)
        assert counted.on_hand == 7
    assert inventory_get_stock.sync(sku.id, client=client).on_hand == 7
    stranger = AuthenticatedClient(
        base_url="http://testserver",
        token="nothing",
        httpx_args={"transport": httpx.MockTransport(through_django)},
    )
    assert shops_my_shops.sync_detailed(client=stranger).status_code == 401


def test_it_is_what_the_description_of_today_gives() -> None:
    kept = (CLIENT / "description.sha256").read_text().strip()
    assert kept == describe.digest_of(describe.written()), "the API changed: run make client"


@pytest.mark.django_db(transaction=True)
def test_a_program_reads_what_to_ship_and_sends_it_over_the_wire(
    tmp_path: Path, settings: Any
) -> None:
    from yellowcart_client import AuthenticatedClient
    from yellowcart_client.api.orders import orders_ship, orders_to_ship
    from yellowcart_client.models import ShipIn

    # The server checks the program's secret, and knows nothing of the tests' quick hasher.
    settings.PASSWORD_HASHERS = configured.PASSWORD_HASHERS
    world = make_world()
    order = paid(world, world.order())
    program = make_program(world.owner, f"shop:{world.shop.id}", "orders:read orders:write")
    with serving(database_url(), tmp_path) as server:
        token = httpx.post(
            f"{server.base_url}/oauth/token",
            auth=(program.application.client_id, program.secret),
            data={"grant_type": "client_credentials"},
            timeout=60,
        ).json()["access_token"]
        client = AuthenticatedClient(
            base_url=server.base_url, token=token, timeout=httpx.Timeout(60)
        )
        (waiting,) = orders_to_ship.sync(world.shop.handle, client=client).items
        assert waiting.order_id == order.id
        parcel = ShipIn(carrier="SF", tracking_no="SF1234567890")
        shipped = orders_ship.sync_detailed(order.id, client=client, body=parcel)
        assert shipped.status_code == 200, shipped.content
        assert orders_to_ship.sync(world.shop.handle, client=client).items == []
        other = orders_to_ship.sync_detailed("somebody-elses", client=client)
        assert other.status_code == 404

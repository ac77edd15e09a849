"""The generated client does what it was generated for."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.test import Client

from tests.developers.worlds import make_program, owner_with_shop
from tests.factories import make_product, make_sku

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

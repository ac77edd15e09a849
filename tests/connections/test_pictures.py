"""A store's pictures are part of its health: its breaker, its calls, its rest."""

from typing import Any

import pytest

from tests.callers import Caller
from tests.connections.fakes import FakeConnector, draft
from tests.pictures.gallery import Gallery, drawn, gallery
from yellowcart.connections import actions
from yellowcart.connections.models import Call, Connection
from yellowcart.core.breaker import OPENS_AFTER
from yellowcart.pictures.duties import LookAfter
from yellowcart.pictures.models import Address, Picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def hung(settings: Any) -> Any:
    with gallery(settings) as shown:
        yield shown


@pytest.fixture
def duty() -> Any:
    duty = LookAfter()
    yield duty
    duty.close()


def fill(store: FakeConnector, hung: Gallery, count: int) -> None:
    urls = [hung.hang(f"/{n}.png", drawn(size=(n + 1, 9))) for n in range(count)]
    store.shelf.drafts = {f"p{n}": draft(f"p{n}", images=(url,)) for n, url in enumerate(urls)}


def test_reading_a_catalogue_brings_its_pictures(connection, store, work, hung, duty):
    fill(store, hung, 5)
    work(connection)
    assert not hung.asked
    duty.work_off()
    assert Picture.objects.count() == 5
    calls = Call.objects.filter(connection=connection, name="picture")
    assert [call.outcome for call in calls] == ["answered"] * 5


def test_a_store_that_rests_is_asked_for_no_pictures(connection, store, work, hung, duty):
    fill(store, hung, 2)
    work(connection)
    actions.do_pause(actor=connection.shop.members.get().account, connection_id=connection.id)
    duty.work_off()
    assert not hung.asked
    Connection.objects.update(state="active")
    duty.work_off()
    assert Address.objects.filter(state="kept").count() == 2


@pytest.mark.parametrize("own", [True, False])
def test_failures_count_for_the_breaker_of_the_host_they_are_of(
    connection, store, work, hung, duty, own
):
    fill(store, hung, OPENS_AFTER + 3)
    hung.status = dict.fromkeys(hung.pictures, 500)
    if own:
        Connection.objects.update(settings_shown={"url": f"{hung.url}/api"})
    work(connection)
    duty.work_off()
    connection.refresh_from_db()
    assert connection.breaker == ("open" if own else "closed")
    failed = Call.objects.filter(connection=connection, name="picture", outcome="failed")
    assert failed.count() >= OPENS_AFTER
    assert "500" in failed.first().words["en"]


def test_a_stores_health_counts_its_pictures(connection, store, work, hung, duty):
    fill(store, hung, 3)
    work(connection)
    hung.status = {next(iter(hung.pictures)): 404}
    duty.work_off()
    owner = connection.shop.members.get().account
    told = Caller(owner)("GET", f"/connections/{connection.id}/health")[1]
    assert (told["pictures"], told["pictures_kept"]) == (3, 2)

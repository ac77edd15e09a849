"""Sales through links as the worker's duty learns of them: in windows, over hours of a clock that
only the test moves, from servers that keep each source's contract."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from tests.sources.contract import jd as jd_contract
from tests.sources.contract import kuaishou as kuaishou_contract
from tests.sources.contract import taobao as taobao_contract
from tests.sources.contract.gateway import Call, Contract, Reply, served
from yellowcart.connections import actions, following, lane
from yellowcart.connections.duties import LookAfter
from yellowcart.connections.following import CONVERSIONS_EVERY
from yellowcart.connections.models import Connection, Following
from yellowcart.core import clock
from yellowcart.orders.models import Conversion
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.sources.actions import do_know_sources
from yellowcart.sources.connectors.jd import JD
from yellowcart.sources.connectors.kuaishou import Kuaishou
from yellowcart.sources.connectors.mainland import LAG, beijing_text, to_ms
from yellowcart.sources.connectors.taobao import Taobao
from yellowcart.sources.registry import CONNECTORS

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 11, 11, 3, tzinfo=UTC)


@dataclass
class Time:
    """The wall's clock, which stands still unless it is moved."""

    at: datetime = BEGIN

    def passes(self, span: timedelta) -> None:
        self.at += span


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """One clock for us and for the servers that check our timestamps."""
    told = Time()

    class Now(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return told.at.astimezone(tz)

    class Seconds:
        @staticmethod
        def time() -> float:
            return told.at.timestamp()

    monkeypatch.setattr(clock, "_wall_us", lambda: int(told.at.timestamp() * 1_000_000))
    monkeypatch.setattr(taobao_contract, "datetime", Now)
    monkeypatch.setattr(jd_contract, "datetime", Now)
    monkeypatch.setattr(kuaishou_contract, "time", Seconds)
    return told


@dataclass
class World:
    """A connected source with its sales, and the worker that looks after it."""

    contract: Any
    connection: Connection
    time: Time
    #: Have a sale in the source's list: its number, state (``paid`` or ``revoked``), since when.
    sells: Callable[[int, str, datetime], None]
    #: The window that a call asked for; None for other calls.
    window: Callable[[Call], tuple[datetime, datetime] | None]
    longest: timedelta
    down: bool = False
    #: Windows that were asked for, and when.
    asked: list[tuple[datetime, datetime, datetime]] = field(default_factory=list)

    def works(self, span: timedelta = timedelta(0), step: timedelta = CONVERSIONS_EVERY) -> None:
        """The worker lives for so long, and looks every so often."""
        until = self.time.at + span
        duty = LookAfter()
        while True:
            duty()
            lane.do_work(str(self.connection.id))
            if self.time.at >= until:
                return
            self.time.passes(min(step, until - self.time.at))

    def known(self) -> dict[str, str]:
        """What is known of each sale."""
        return dict(Conversion.objects.values_list("external_order_id", "status"))


def _of_text(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def _of_ms(number: int) -> datetime:
    return datetime.fromtimestamp(number / 1000, UTC)


def _taobao(contract: Any) -> tuple[Any, Any, Any, dict[str, str]]:
    def sells(number: int, state: str, at: datetime) -> None:
        code = {"paid": 12, "revoked": 13}[state]
        row = taobao_contract.order(str(number), code, beijing_text(at))
        kept = [one for one in contract.orders["1"] if one["trade_id"] != str(number)]
        contract.orders["1"] = [*kept, row]

    def window(call: Call) -> tuple[datetime, datetime] | None:
        form = call.form
        if form.get("method") != "taobao.tbk.order.details.get":
            return None
        return _of_text(form["start_time"]), _of_text(form["end_time"])

    typed = {
        "app_key": taobao_contract.KEY,
        "app_secret": taobao_contract.SECRET,
        "pid": taobao_contract.PID,
    }
    return sells, window, timedelta(hours=3), typed


def _jd(contract: Any) -> tuple[Any, Any, Any, dict[str, str]]:
    def sells(number: int, state: str, at: datetime) -> None:
        code = {"paid": 16, "revoked": 3}[state]
        row = jd_contract.row(number, code, beijing_text(at))
        contract.rows = [one for one in contract.rows if one["id"] != row["id"]] + [row]

    def window(call: Call) -> tuple[datetime, datetime] | None:
        form = call.form
        if form.get("method") != "jd.union.open.order.row.query":
            return None
        asked = json.loads(form["360buy_param_json"])["orderReq"]
        return _of_text(asked["startTime"]), _of_text(asked["endTime"])

    typed = {"app_key": jd_contract.KEY, "app_secret": jd_contract.SECRET}
    return sells, window, timedelta(hours=1), typed


def _kuaishou(contract: Any) -> tuple[Any, Any, Any, dict[str, str]]:
    def sells(number: int, state: str, at: datetime) -> None:
        code = {"paid": 30, "revoked": 80}[state]
        row = kuaishou_contract.promoted(number, code, to_ms(at))
        contract.promoted = [one for one in contract.promoted if one["oid"] != number] + [row]

    def window(call: Call) -> tuple[datetime, datetime] | None:
        if not call.path.endswith("/kwaimoney/order/list"):
            return None
        asked = json.loads(call.query["param"])
        return _of_ms(asked["beginTime"]), _of_ms(asked["endTime"])

    typed = {
        "app_key": kuaishou_contract.APP,
        "app_secret": kuaishou_contract.APP_SECRET,
        "sign_secret": kuaishou_contract.SIGN_SECRET,
        "cps_pid": "ks_1_2_3",
    }
    return sells, window, timedelta(days=7), typed


SOURCES: dict[str, tuple[Any, Any, Any]] = {
    "taobao": (taobao_contract.Alliance, lambda url: Taobao(url + "/router/rest"), _taobao),
    "jd": (jd_contract.Union, JD, _jd),
    "kuaishou": (kuaishou_contract.Platform, Kuaishou, _kuaishou),
}


@pytest.fixture(params=sorted(SOURCES))
def world(
    request: pytest.FixtureRequest,
    time: Time,
    owner: Account,
    shop: Shop,
    settings: SettingsWrapper,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    do_know_sources()
    make, connector, words = SOURCES[request.param]
    contract: Contract = make()
    real = contract.answer
    with served(contract, settings) as url:
        monkeypatch.setitem(CONNECTORS, request.param, connector(url))
        sells, window, longest, typed = words(contract)
        row = actions.do_connect(actor=owner, shop=shop, source=request.param, typed=typed)
        if row.state == "draft":
            address = actions.do_ask_consent(actor=owner, connection_id=row.id)
            state = parse_qs(urlsplit(address).query)["state"][0]
            row = actions.do_finish_consent(actor=owner, state=state, code="code-1")
        # Goods are another test's; only sales are looked at.
        Following.objects.exclude(kind="conversions").update(due_at=None)
        found = World(contract, row, time, sells, window, longest)

        def answer(call: Call) -> Reply:
            asked = window(call)
            if asked is not None:
                found.asked.append((*asked, time.at))
            return Reply(b"", 502) if found.down else real(call)

        contract.answer = answer  # type: ignore[method-assign]
        yield found


def test_windows_follow_each_other_without_a_gap(world: World) -> None:
    world.works(timedelta(hours=2))
    assert len(world.asked) >= 12
    assert world.asked[-1][1] == world.time.at
    reached = world.asked[0][0]
    for number, (begin, end, at) in enumerate(world.asked):
        assert begin <= reached
        assert begin < end <= at
        assert end - begin <= world.longest
        reached = max(reached, end)
        later = [one[0] for one in world.asked[number + 1 :]]
        if end == at and later:
            # What the source's list did not have yet then is asked for once more.
            assert min(later) <= end - LAG


def test_a_sale_counts_once_however_often_it_is_told(world: World) -> None:
    world.sells(1, "paid", world.time.at - timedelta(seconds=5))
    world.works(timedelta(minutes=1), step=timedelta(seconds=30))
    Following.objects.filter(kind="conversions").update(due_at=world.time.at)
    world.works()
    assert len(world.asked) >= 2
    assert list(world.known().values()) == ["paid"]
    assert Conversion.objects.count() == 1


def test_a_sale_that_the_list_has_late_is_found(world: World) -> None:
    """It changed before a window ended, but the list had it only after."""
    world.works()
    changed = world.time.at - timedelta(seconds=20)
    world.time.passes(timedelta(seconds=30))
    world.sells(1, "paid", changed)
    assert world.known() == {}
    world.works(CONVERSIONS_EVERY)
    assert list(world.known().values()) == ["paid"]


def test_a_sale_that_is_revoked_is_closed(world: World) -> None:
    world.sells(1, "paid", world.time.at - timedelta(minutes=5))
    world.sells(2, "paid", world.time.at - timedelta(minutes=4))
    world.works(CONVERSIONS_EVERY)
    assert sorted(world.known().values()) == ["paid", "paid"]
    world.sells(1, "revoked", world.time.at - timedelta(seconds=30))
    world.works(CONVERSIONS_EVERY)
    assert sorted(world.known().values()) == ["closed", "paid"]
    assert Conversion.objects.count() == 2


def test_what_was_sold_during_an_outage_is_learned_after_it(world: World) -> None:
    world.works()
    world.down = True
    for hour in range(9):
        world.sells(hour + 1, "paid", world.time.at + timedelta(hours=hour, minutes=7))
    world.sells(3, "revoked", world.time.at + timedelta(hours=8, minutes=30))
    world.works(timedelta(hours=9))
    assert world.known() == {}
    assert Connection.objects.get().breaker == "open"
    asked = len(world.asked)
    world.down = False
    world.works(timedelta(minutes=30))
    known = world.known()
    assert len(known) == 9
    assert sorted(known.values()) == ["closed", *["paid"] * 8]
    for begin, end, _at in world.asked[asked:]:
        assert end - begin <= world.longest
    assert Connection.objects.get().breaker == "closed"


def test_a_worker_that_dies_goes_on_in_its_window(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between asking and writing: nothing is left out, nothing is counted twice."""
    world.works()
    world.time.passes(timedelta(hours=8))
    for number in range(1, 9):
        world.sells(number, "paid", world.time.at - timedelta(hours=number, minutes=-10))
    real, pages = following._write_conversions, 0

    def dies(*arguments: Any) -> None:
        nonlocal pages
        pages += 1
        if pages == 1:
            raise SystemExit
        real(*arguments)

    monkeypatch.setattr(following, "_write_conversions", dies)
    LookAfter()()
    with pytest.raises(SystemExit):
        lane.do_work(str(world.connection.id))
    assert world.known() == {}
    world.works(timedelta(minutes=20), step=timedelta(minutes=1))
    assert pages > 1
    assert sorted(world.known().values()) == ["paid"] * 8

"""The bus, over LISTEN/NOTIFY and over NATS: what holds for one holds for the other."""

import asyncio
import logging
import ssl
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection, transaction
from tests.natsserver import Nats, running_nats
from tests.rooms import database_url

from yellowcart.config import doctor
from yellowcart.core import bus
from yellowcart.core.bus import background, nats, postgres
from yellowcart.core.bus.courier import MOST_WAITING, Courier
from yellowcart.core.bus.values import LostError, Message

pytestmark = pytest.mark.django_db(transaction=True)

END = "end"


@pytest.fixture(scope="module")
def _nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    with running_nats(tmp_path_factory.mktemp("nats")) as server:
        yield server


@pytest.fixture
def over_nats(_nats: Nats, settings) -> Iterator[Nats]:
    settings.BUS, settings.BUS_SUBJECT = _nats.url, f"test.{uuid4().hex}"
    yield _nats
    background.close_all()


@pytest.fixture(params=["postgres", "nats"])
def any_bus(request: pytest.FixtureRequest) -> str:
    """One bus, then the other."""
    if request.param == "nats":
        request.getfixturevalue("over_nats")
    return request.param


class Listener:
    """Somebody who listens, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self._new = asyncio.Event()

    def on(self, channel: str) -> bus.Handler:
        def hear(payload: str) -> None:
            self.heard.append((channel, payload))
            self._new.set()

        return hear

    async def until(self, *wanted: Message) -> None:
        """Wait until all of these were heard."""
        async with asyncio.timeout(120):
            while not set(wanted) <= set(self.heard):
                self._new.clear()
                await self._new.wait()


@asynccontextmanager
async def listening(*channels: str) -> AsyncIterator[Listener]:
    listener = Listener()
    url = await sync_to_async(database_url)()
    task = asyncio.create_task(bus.listen(url, {each: listener.on(each) for each in channels}))
    try:
        await listener.until(*((each, "") for each in channels))
        listener.heard.clear()
        yield listener
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def in_thread(work) -> object:
    """Run it as a request or a duty would: in a thread, with a connection of its own."""

    def run():
        try:
            return work()
        finally:
            connection.close()

    return asyncio.to_thread(run)


@pytest.mark.usefixtures("any_bus")
async def test_every_listener_of_a_channel_hears_a_message_and_nobody_else() -> None:
    async with listening("a", END) as one, listening("a", "b", END) as other:

        def tell() -> None:
            bus.publish("a", "钱")
            bus.publish("b", "2")
            bus.publish(END)

        await in_thread(tell)
        await one.until((END, ""))
        await other.until((END, ""))
    assert one.heard == [("a", "钱"), (END, "")]
    assert other.heard == [("a", "钱"), ("b", "2"), (END, "")]


@pytest.mark.usefixtures("any_bus")
async def test_a_message_waits_for_the_commit_and_goes_with_a_rollback() -> None:
    async with listening("a", END) as listener:

        def tell() -> None:
            with suppress(ZeroDivisionError), transaction.atomic():
                bus.publish("a", "rolled back")
                raise ZeroDivisionError
            with transaction.atomic():
                bus.publish("a", "committed")
                with suppress(ZeroDivisionError), transaction.atomic():
                    bus.publish("a", "savepoint rolled back")
                    raise ZeroDivisionError
                # Heard by now, if it did not wait for the commit.
                heard_elsewhere()

        before: list[Message] = []

        def heard_elsewhere() -> None:
            def tell_end() -> None:
                bus.publish(END, "inside")
                connection.close()

            thread = threading.Thread(target=tell_end)
            thread.start()
            thread.join()
            asyncio.run_coroutine_threadsafe(listener.until((END, "inside")), loop).result(20)
            before.extend(listener.heard)

        loop = asyncio.get_running_loop()
        await in_thread(tell)
        await listener.until(("a", "committed"))
    assert before == [(END, "inside")]
    assert listener.heard == [(END, "inside"), ("a", "committed")]


@pytest.mark.usefixtures("any_bus")
async def test_a_courier_tells_from_an_event_loop_and_once_for_equal_messages() -> None:
    url = await sync_to_async(database_url)()
    async with listening("a", END) as listener:
        courier = bus.courier(url)
        for number in range(50):
            courier.send("a", str(number % 5))
        courier.send(END)
        await courier.close()
        await listener.until((END, ""))
    assert sorted(listener.heard[:-1]) == [("a", str(number)) for number in range(5)]


@pytest.mark.usefixtures("any_bus")
async def test_what_a_handler_cannot_take_costs_no_connection() -> None:
    url = await sync_to_async(database_url)()
    listener = Listener()
    calls: list[str] = []

    def broken(payload: str) -> None:
        calls.append(payload)
        raise ValueError(payload)

    task = asyncio.create_task(bus.listen(url, {"a": broken, END: listener.on(END)}))
    await listener.until((END, ""))

    def tell() -> None:
        bus.publish("a", "nonsense")
        bus.publish(END, "after")

    await in_thread(tell)
    await listener.until((END, "after"))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert calls == ["", "nonsense"]
    assert listener.heard == [(END, ""), (END, "after")]


@pytest.mark.usefixtures("any_bus")
def test_a_message_too_long_for_one_bus_is_too_long_for_all() -> None:
    with pytest.raises(ValueError, match="7900 bytes"):
        bus.publish("a", "x" * 8_000)
    bus.publish("a", "x" * bus.MAX_PAYLOAD)


async def test_a_lost_connection_to_postgres_is_made_again_and_says_look_everywhere() -> None:
    async with listening("a") as listener:

        def cut() -> int:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'yellowcart bus' AND datname = current_database()"
                )
                return cursor.rowcount

        # Servers of other tests may listen, too.
        assert await in_thread(cut) >= 1
        await listener.until(("a", ""))
        await in_thread(lambda: bus.publish("a", "again"))
        await listener.until(("a", "again"))


async def test_a_nats_that_went_and_came_back_is_found_again(over_nats: Nats) -> None:
    url = await sync_to_async(database_url)()
    courier = bus.courier(url)
    async with listening("a") as listener:
        await in_thread(lambda: bus.publish("a", "before"))
        await listener.until(("a", "before"))
        over_nats.stop()
        # Nobody waits for a bus that is away, and nothing fails by it.
        await in_thread(lambda: bus.publish("a", "meanwhile"))
        courier.send("a", "by courier")
        over_nats.start()
        # What was said in the gap may be lost, and is looked up.
        await listener.until(("a", ""))
        await in_thread(lambda: bus.publish("a", "after"))
        await listener.until(("a", "after"))
    await courier.close()


async def test_too_many_messages_for_a_bus_that_is_away_become_look_everywhere() -> None:
    sent: list[Message] = []
    away = True

    class Link:
        async def send(self, message: Message) -> None:
            sent.append(message)

        async def close(self) -> None:
            return

    async def open_link() -> Link:
        if away:
            raise LostError("away")
        return Link()

    courier = Courier(open_link)
    courier.send("b", "kept")
    for number in range(MOST_WAITING + 10):
        courier.send("a", str(number))
    away = False
    await courier.close()
    assert sent[:2] == [("b", "kept"), ("a", "")]
    assert sent[2:] == [("a", str(number)) for number in range(MOST_WAITING + 1, MOST_WAITING + 10)]


async def test_a_courier_whose_connection_breaks_sends_again() -> None:
    sent: list[Message] = []
    done = asyncio.Event()

    class Link:
        async def send(self, message: Message) -> None:
            sent.append(message)
            if len(sent) == 1:
                raise LostError("it breaks")
            done.set()

        async def close(self) -> None:
            return

    async def open_link() -> Link:
        return Link()

    courier = Courier(open_link)
    courier.send("a", "1")
    async with asyncio.timeout(120):
        await done.wait()
    await courier.close()
    assert sent == [("a", "1"), ("a", "1")]


async def test_a_courier_without_a_bus_ends_when_told() -> None:
    courier = Courier(lambda: postgres.Link.open("host=/nowhere"))
    courier.send("a")
    await courier.close()


def test_a_process_that_ends_sends_what_it_committed(over_nats: Nats, settings) -> None:
    """A command publishes and is gone; its thread must not be gone before the message."""

    async def scenario() -> None:
        async with listening("a") as listener:
            program = (
                "import django\n"
                "from django.conf import settings\n"
                f"settings.configure(BUS={settings.BUS!r}, BUS_SUBJECT={settings.BUS_SUBJECT!r},"
                " BUS_CA='', BUS_CERT='', BUS_KEY='')\n"
                "from yellowcart.core.bus import background, nats\n"
                "background.sender(nats.address()).send('a', 'last words')\n"
            )
            await asyncio.to_thread(
                subprocess.run, [sys.executable, "-c", program], check=True, timeout=300
            )
            await listener.until(("a", "last words"))

    asyncio.run(scenario())


@pytest.mark.usefixtures("any_bus")
def test_the_doctor_says_which_bus_and_that_it_answers(any_bus: str, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url())
    finding = doctor._examined(doctor._bus)
    assert finding.ok
    assert {"postgres": "LISTEN/NOTIFY", "nats": "nats://127.0.0.1:"}[any_bus] in finding.words


def test_the_doctor_says_when_nats_is_away(tmp_path: Path, settings, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url())
    settings.BUS = f"nats://bob:tops3cret@127.0.0.1:{Nats(tmp_path).port}"
    finding = doctor._examined(doctor._bus)
    assert not finding.ok
    assert "ConnectionRefused" in finding.words
    assert "tops3cret" not in finding.words


@pytest.mark.parametrize(
    ("options", "who", "stranger"),
    [
        (("--user", "bob", "--pass", "p@ss/word"), "bob:p%40ss%2Fword", "bob:wrong"),
        (("--auth", "t0ken"), "t0ken", "another"),
    ],
)
def test_nats_lets_in_whom_the_url_names(
    options, who: str, stranger: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "yellowcart")
    with running_nats(tmp_path, *options) as server:

        async def open_as(name: str) -> None:
            address = nats.parse(server.url.replace("//", f"//{name}@"), "test")
            assert name not in repr(address)
            await (await nats.Link.open(address)).close()

        asyncio.run(open_as(who))
        with pytest.raises(LostError, match="Authorization"):
            asyncio.run(open_as(stranger))
    assert who not in caplog.text


def certify(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bus")])
    at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / "bus.crt", folder / "bus.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def test_tls_is_checked_and_never_given_up(tmp_path: Path) -> None:
    certificate, key = certify(tmp_path)

    async def open_at(url: str, ca: str = "") -> None:
        await (await nats.Link.open(nats.parse(url, "test", ca=ca))).close()

    with running_nats(
        tmp_path, "--tls", "--tlscert", str(certificate), "--tlskey", str(key)
    ) as server:
        url = server.url.replace("nats:", "tls:")
        asyncio.run(open_at(url, ca=str(certificate)))
        with pytest.raises(LostError, match=ssl.SSLCertVerificationError.__name__):
            asyncio.run(open_at(url))
    with running_nats(tmp_path, "-D", "--user", "bob", "--pass", "tops3cret") as server:
        url = server.url.replace("nats://", "tls://bob:tops3cret@")
        with pytest.raises(LostError, match="TLS"):
            asyncio.run(open_at(url))


@pytest.mark.parametrize("url", ["redis://a", "nats://", "a:4222", ","])
def test_what_is_no_address_is_refused_without_saying_it(url: str) -> None:
    with pytest.raises(ValueError, match="YELLOWCART_BUS takes"):
        nats.parse(url, "test")


def test_several_servers_and_installations_share_a_nats() -> None:
    address = nats.parse("nats://bob:x@a:4223, nats://b,nats://[::1]:1", "shop.one")
    assert address.servers == ("nats://a:4223", "nats://b:4222", "nats://[::1]:1")
    with pytest.raises(ValueError, match="BUS_SUBJECT"):
        nats.parse("nats://a", "shop.>")

"""Outgoing calls: private addresses, redirects, size and time, against a real local server."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings as SettingsWrapper

from yellowcart.core.fetching import Allowed, FetchError, checked_addresses, fetch, is_public


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/to"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
            return
        if self.path == "/trickle":
            self._trickle(b"HTTP/1.0 200 OK\r\nX-Slow: ")
            return
        self.send_response(404 if self.path == "/none" else 200)
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.path == "/drip":
            self._trickle(b"")
            return
        body = b"x" * 5_000 if self.path == "/big" else b'{"ok":true}'
        self.wfile.write(body)

    def _trickle(self, first: bytes) -> None:
        # Whoever waits no longer hangs up.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(first)
            for _ in range(40):
                self.wfile.write(b".")
                self.wfile.flush()
                time.sleep(0.05)

    def log_message(self, *_words: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def allowed(address: str, settings: SettingsWrapper) -> str:
    settings.FETCH_ALLOW = [address]
    return f"http://{address}"


def refused(url: str, **how: object) -> str:
    with pytest.raises(FetchError) as caught:
        fetch("GET", url, **how)  # type: ignore[arg-type]
    return caught.value.code


def test_an_allowed_server_answers_with_its_status_and_body(allowed: str) -> None:
    answer = fetch("GET", allowed + "/")
    assert (answer.status, answer.fine, answer.json) == (200, True, {"ok": True})
    assert fetch("GET", allowed + "/none").status == 404


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://10.0.0.7/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://0x7f.1/",
        "http://1.1.1.1/",
        "file:///etc/passwd",
        "gopher://1.1.1.1/",
        "https:///nothing",
        "https://store.example:port/",
    ],
)
def test_private_addresses_and_other_schemes_are_refused(url: str) -> None:
    assert refused(url) == "address_refused"


def test_an_allowance_is_for_its_port_only(allowed: str, address: str) -> None:
    port = int(address.rpartition(":")[2])
    with pytest.raises(FetchError):
        checked_addresses("127.0.0.1", port + 1, secure=False)
    assert checked_addresses("127.0.0.1", port, secure=False)


def test_a_name_that_turns_private_after_the_check_gains_nothing(
    monkeypatch: pytest.MonkeyPatch, address: str, settings: SettingsWrapper
) -> None:
    """The connection goes to the address that was looked at, not to the name again."""
    settings.FETCH_ALLOW = []
    port = int(address.rpartition(":")[2])
    asked: list[str] = []

    def rebinding(host: str, *_rest: object, **_named: object) -> list[object]:
        asked.append(host)
        to = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (to, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    found = checked_addresses("shop.example", port)
    assert found == [ipaddress.ip_address("93.184.216.34")]
    with pytest.raises(FetchError) as caught:
        checked_addresses("shop.example", port)
    assert caught.value.code == "address_refused"


def test_a_name_that_is_public_and_private_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443))
        for one in ("93.184.216.34", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
    with pytest.raises(FetchError) as caught:
        checked_addresses("shop.example", 443)
    assert caught.value.code == "address_refused"


def test_redirects_are_counted_and_checked(allowed: str) -> None:
    assert refused(f"{allowed}/to?/") == "moved"
    assert fetch("GET", f"{allowed}/to?/", redirects=1).json == {"ok": True}
    assert refused(f"{allowed}/to?/to?/", redirects=1) == "moved"
    assert refused(f"{allowed}/to?https://10.0.0.1/", redirects=3) == "address_refused"


def test_an_answer_is_bounded_in_size_and_time(allowed: str) -> None:
    assert refused(allowed + "/big", most_bytes=4_999) == "too_large"
    assert len(fetch("GET", allowed + "/big", most_bytes=5_000).body) == 5_000
    assert refused(allowed + "/drip", all_seconds=0.4) == "too_slow"
    assert refused(allowed + "/trickle", all_seconds=0.4) == "too_slow"
    assert refused(allowed + "/packed") == "unreachable"


def test_who_does_not_listen_is_unreachable(settings: SettingsWrapper) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.FETCH_ALLOW = ["127.0.0.1"]
    assert refused(f"http://127.0.0.1:{port}/") == "unreachable"


@given(st.ip_addresses(v=4))
def test_an_address_is_no_more_public_inside_ipv6(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
    assert is_public(mapped) == is_public(address)


@pytest.mark.parametrize(
    ("word", "host", "port", "covered"),
    [
        ("10.1.0.0/16", "10.1.2.3", 80, True),
        ("10.1.0.0/16", "10.2.0.1", 80, False),
        ("shop.lan:8080", "shop.lan", 8080, True),
        ("shop.lan:8080", "shop.lan", 80, False),
        ("shop.lan", "evil.shop.lan", 80, False),
        ("[::1]:80", "::1", 80, True),
    ],
)
def test_what_an_allowance_covers(word: str, host: str, port: int, covered: bool) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    assert Allowed.of(word).covers(host, port, address) is covered


def test_an_allowance_that_cannot_be_read_says_so() -> None:
    with pytest.raises(ValueError, match="YELLOWCART_FETCH_ALLOW"):
        Allowed.of("shop.lan:http")

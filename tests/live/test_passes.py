import time
from uuid import uuid4

import jwt
import pytest

from yellowcart.core.problems import Problem
from yellowcart.live import passes


def test_a_pass_says_who_its_holder_is() -> None:
    room, account = uuid4(), uuid4()
    token, expires_at = passes.issue(room=room, sub=account, name="阿花", role="host")
    found = passes.bearer(f"Bearer {token}")
    assert (found.room, found.sub, found.name, found.role, found.guest) == (
        room,
        account,
        "阿花",
        "host",
        False,
    )
    assert found.expires_at == expires_at


def test_pyjwt_agrees_with_our_own_check() -> None:
    token, _ends = passes.issue(room=uuid4(), sub=uuid4(), name="a")
    assert jwt.decode(token, passes._key(), algorithms=["HS256"])["role"] == "viewer"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-2] + ("A" if t[-2] != "A" else "B") + t[-1],
        lambda t: t + "x",
        lambda t: "." + t,
        lambda t: t.replace(".", "", 1),
        lambda t: jwt.encode({"room": "x"}, "another key that is long enough 123", "HS256"),
        lambda t: jwt.encode(jwt.decode(t, options={"verify_signature": False}), "", "none"),
        lambda t: "é" + t,
        lambda t: "",
        lambda t: "a" * 3_000,
    ],
)
def test_a_spoiled_pass_is_refused(spoil) -> None:
    token, _ends = passes.issue(room=uuid4(), sub=uuid4(), name="a")
    with pytest.raises(Problem, match="not ours"):
        passes.verify(spoil(token))


def test_a_signed_pass_with_missing_claims_is_refused() -> None:
    token = jwt.encode({"room": str(uuid4()), "exp": time.time() + 60}, passes._key(), "HS256")
    with pytest.raises(Problem, match="not ours"):
        passes.verify(token)


def test_an_old_pass_is_refused() -> None:
    token, _ends = passes.issue(room=uuid4(), sub=uuid4(), name="a", seconds=-1)
    with pytest.raises(Problem) as caught:
        passes.verify(token)
    assert (caught.value.code, caught.value.status) == ("pass_expired", 401)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc"])
def test_no_pass_at_all(header: str) -> None:
    with pytest.raises(Problem) as caught:
        passes.bearer(header)
    assert caught.value.code == "pass_required"

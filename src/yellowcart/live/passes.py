"""Room passes: who a viewer is, signed, so that the edge needs no session and no database.

A pass is a JSON Web Token (HS256) with the claims ``room`` (the room, or another container whose
goods are sold on its own page), ``sub`` (the account, or a guest's id), ``name``, ``role``
(``viewer``, ``host``, ``moderator``, ``remote``), ``guest`` and ``exp``, and, where there is one,
``share``: the code through which the viewer came, ``explained``: they watch one explanation of a
replay, ``quiet``: the room does not name them by itself, and ``figures``: it opens the room's live
figures, ``room`` for the whole or a shop's id for its part. Its lifetime runs on the wall clock.

Passes are made with PyJWT and checked here, for the one header they all carry: a full room is
let in a second, and the general check costs ten times as much.
"""

import base64
import binascii
import hmac
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Final
from uuid import UUID

import jwt
import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yellowcart.core import clock
from yellowcart.core.problems import Problem

_LONGEST: Final = 2_000
#: The claim ``figures`` of whoever may read the whole room's.
WHOLE: Final = "room"
_HEADER: Final = (
    base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode("ascii")
)


class RoomPass(msgspec.Struct, frozen=True):
    """What a pass says. ``sub`` is the buyer's account where ``guest`` is false."""

    room: UUID
    sub: UUID
    name: str
    role: str
    guest: bool
    exp: int
    share: str = ""
    explained: bool = False
    figures: str = ""
    quiet: bool = False

    @property
    def expires_at(self) -> datetime:
        """The instant of the wall clock from which it is no longer good."""
        return datetime.fromtimestamp(self.exp, UTC)


_decoder = msgspec.json.Decoder(RoomPass)


@cache
def _key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"yellowcart room pass", "sha256")


def issue(
    *,
    room: UUID,
    sub: UUID,
    name: str,
    role: str = "viewer",
    guest: bool = False,
    seconds: int | None = None,
    share: str = "",
    explained: bool = False,
    figures: str = "",
    quiet: bool = False,
) -> tuple[str, datetime]:
    """A pass and when it ends; it lasts ``settings.PASS_SECONDS`` unless told otherwise."""
    lifetime = settings.PASS_SECONDS if seconds is None else seconds
    expires_at = (clock.wall() + timedelta(seconds=lifetime)).replace(microsecond=0)
    claims: dict[str, str | bool | int] = {
        "room": str(room),
        "sub": str(sub),
        "name": name,
        "role": role,
        "guest": guest,
        "exp": int(expires_at.timestamp()),
    }
    if share:
        claims["share"] = share
    if explained:
        claims["explained"] = True
    if figures:
        claims["figures"] = figures
    if quiet:
        claims["quiet"] = True
    return jwt.encode(claims, _key(), algorithm="HS256"), expires_at


def verify(token: str) -> RoomPass:
    """What a genuine pass says; :class:`Problem` 401 ``pass_invalid`` or ``pass_expired``."""
    return _in_time(_opened(token, _key()))


def take_back(viewers: frozenset[tuple[UUID, UUID]], accounts: frozenset[UUID]) -> None:
    """From now on this process takes no pass of these (room, viewer), nor of these accounts.

    What was taken back before and is not named is good again.
    """
    _refused.viewers, _refused.accounts = viewers, accounts


class _Refused:
    viewers: frozenset[tuple[UUID, UUID]] = frozenset()
    accounts: frozenset[UUID] = frozenset()


_refused: Final = _Refused()


def refusal(found: RoomPass) -> Problem | None:
    """Why a pass was taken back: ``blocked_from_room`` or ``account_blocked``; else None."""
    # Nobody is, most of the time, and finding a UUID costs more than that.
    if _refused.viewers and (found.room, found.sub) in _refused.viewers:
        return blocked_from_room()
    if _refused.accounts and found.sub in _refused.accounts:
        return account_blocked()
    return None


def _in_time(found: RoomPass) -> RoomPass:
    refused = refusal(found)
    if refused is not None:
        raise refused
    if found.exp <= clock.wall_seconds():
        raise Problem("pass_expired", 401, _("Your room pass has ended; load the page again."))
    return found


@lru_cache(maxsize=8_192)
def _opened(token: str, key: bytes) -> RoomPass:
    """A pass whose signature was checked; a viewer shows the same one again and again.

    What a cache of this module holds is found again by the very text that was checked, so a
    forged one never meets it; whether it has ended is asked each time.
    """
    signed, dot, signature = token.rpartition(".")
    header, _dot, payload = signed.partition(".")
    if not dot or header != _HEADER or len(token) > _LONGEST:
        raise _invalid()
    try:
        expected = hmac.digest(key, signed.encode("ascii"), "sha256")
        given = base64.urlsafe_b64decode(signature + "=")
        if not hmac.compare_digest(expected, given):
            raise _invalid()
        return _decoder.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, UnicodeEncodeError, msgspec.MsgspecError) as error:
        raise _invalid() from error


def bearer(authorization: str) -> RoomPass:
    """The pass in an ``Authorization: Bearer`` header; :class:`Problem` 401 where there is none."""
    return _in_time(_presented(authorization, _key()))


@lru_cache(maxsize=8_192)
def _presented(authorization: str, key: bytes) -> RoomPass:
    kind, _space, token = authorization.partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Problem("pass_required", 401, _("Send the room pass as Authorization: Bearer."))
    return _opened(token.strip(), key)


def _invalid() -> Problem:
    return Problem("pass_invalid", 401, _("This room pass is not ours; load the page again."))


def blocked_from_room() -> Problem:
    """The viewer was put out of this room."""
    return Problem(
        "blocked_from_room",
        403,
        _("You can't take part in this show any more. What you bought stays yours."),
    )


def account_blocked() -> Problem:
    """The platform has blocked the account."""
    return Problem("account_blocked", 403, _("This account is blocked. Contact the platform."))

"""What the mainland's open platforms share: Beijing's time, yuan and fen, and answers that say
inside themselves that they want to be asked later."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final, TypeAlias, TypeVar

from yellowcart.core import clock
from yellowcart.core.fetching import Answer
from yellowcart.sources.connector import SourceError, Store
from yellowcart.sources.connectors.calling import TRIES, AskedToWaitError, Caller
from yellowcart.sources.files.cells import DEAREST_MINOR

T = TypeVar("T")

#: Text that a platform sends as a number as well, such as an id or an amount.
Text: TypeAlias = str | int | float
#: No summer time since 1991, so an offset tells all of it.
BEIJING: Final = timezone(timedelta(hours=8))
#: Their lists of sales lag behind what they say: Youzan's by 30 seconds or more. So each window
#: begins earlier than asked, and what was missing in the last one is in this.
LAG: Final = timedelta(seconds=60)
_SECONDS: Final = "%Y-%m-%d %H:%M:%S"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS: Final = 253_402_300_799_999


def beijing(text: str) -> datetime:
    """The instant of ``2019-08-20 10:19:43``, which these platforms write without a zone."""
    return datetime.strptime(text.strip(), _SECONDS).replace(tzinfo=BEIJING).astimezone(UTC)


def beijing_text(at: datetime) -> str:
    """An instant as these platforms want it; a fraction of a second is cut off."""
    return at.astimezone(BEIJING).strftime(_SECONDS)


def of_ms(milliseconds: int) -> datetime:
    """The instant of Unix milliseconds; ``ValueError`` outside the calendar."""
    if not 0 <= milliseconds <= _LATEST_MS:
        raise ValueError(f"{milliseconds} is no instant")
    return _EPOCH + timedelta(milliseconds=milliseconds)


def to_ms(at: datetime) -> int:
    """Unix milliseconds of an instant, rounded down."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def wall_ms() -> int:
    """Unix milliseconds of the wall clock, by which calls are signed."""
    return to_ms(clock.wall())


def fen(yuan: Text) -> int:
    """Fen of an amount in yuan, such as ``"9.82"``; shares of a fen are rounded half up.

    ``ValueError`` where it is no amount, or below 0.
    """
    try:
        exact = Decimal(str(yuan).strip() or "0") * 100
        minor = int(exact.to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise ValueError(f"{yuan} is no amount") from error
    if not 0 <= minor < DEAREST_MINOR:
        raise ValueError(f"{yuan} is no amount")
    return minor


def sells_in_yuan(source: str, store: Store) -> None:
    """Refuse a connection in another currency: every price that comes is in fen."""
    if store.currency != "CNY":
        raise SourceError(source, f"prices are in CNY, not in {store.currency}", code="currency")


def without_nulls(value: Any) -> Any:
    """Decoded JSON without its nulls: these platforms send null for what is not there."""
    if isinstance(value, Mapping):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_nulls(one) for one in value if one is not None]
    return value


def body_of(source: str, answer: Answer) -> dict[str, Any]:
    """The object an answer holds, without nulls. They answer failures with status 200, too."""
    if not answer.fine:
        raise SourceError(source, f"HTTP {answer.status}", again=answer.status >= 500)
    try:
        body = answer.json
    except ValueError as error:
        raise SourceError(source, str(error), code="malformed", again=True) from error
    if not isinstance(body, dict):
        raise SourceError(source, "the answer is no object", code="malformed", again=True)
    cleaned: dict[str, Any] = without_nulls(body)
    return cleaned


def patiently(caller: Caller, ask: Callable[[], T], wait: Callable[[T, int], float]) -> T:
    """What ``ask`` gives once it does not ask to wait any more.

    ``wait`` tells the seconds that an answer wants us to stay away, 0 where it wants none, by the
    answer and how often there was one. A long wait is the job's: :class:`AskedToWaitError`.
    """
    seconds = 0.0
    for tried in range(TRIES):
        told = ask()
        seconds = wait(told, tried)
        if seconds <= 0:
            return told
        caller.pace.hold(caller.clock() + seconds)
    raise AskedToWaitError(seconds)

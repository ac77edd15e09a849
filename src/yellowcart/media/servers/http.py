"""The one way in which media servers are called: bounded in time and size, and only them."""

from collections.abc import Mapping
from typing import Any, Final

import httpx
import msgspec

#: Seconds to connect, and to wait for each part of an answer.
ANSWER_SECONDS: Final = 5.0
#: Largest answer; a list of streams has some 500 bytes a stream.
MOST_BYTES: Final = 2 * 1024 * 1024


class ServerSilentError(Exception):
    """The media server did not answer, or answered what cannot be read."""


def call(
    method: str,
    base: str,
    path: str,
    *,
    json: Mapping[str, Any] | None = None,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    missing: bool = False,
) -> Any:
    """The JSON that ``base`` answers under ``path``; :class:`ServerSilentError` otherwise.

    ``base`` comes from the settings and is all that is ever called: redirects are not followed.
    Where ``missing``, an answer that there is no such thing is None.
    """
    url = base.rstrip("/") + path
    data = bytearray()
    try:
        with (
            httpx.Client(timeout=ANSWER_SECONDS, follow_redirects=False) as client,
            client.stream(method, url, json=json, params=params, headers=headers) as answer,
        ):
            if missing and answer.status_code == httpx.codes.NOT_FOUND:
                return None
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > MOST_BYTES:
                    raise ServerSilentError("the answer is larger than any we know")
    except httpx.HTTPStatusError as error:
        raise ServerSilentError(f"it answered {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerSilentError(type(error).__name__) from error
    if not data:
        return {}
    try:
        return msgspec.json.decode(bytes(data))
    except msgspec.MsgspecError as error:
        raise ServerSilentError("it answered no JSON") from error

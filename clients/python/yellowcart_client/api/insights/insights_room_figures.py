from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...types import UNSET, Response, Unset


def _get_kwargs(
    room_id: UUID,
    *,
    shop: str | Unset = "",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["shop"] = shop

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/rooms/{room_id}/figures".format(
            room_id=quote(str(room_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | None:
    if response.status_code == 200:
        return None

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    room_id: UUID,
    *,
    client: AuthenticatedClient,
    shop: str | Unset = "",
) -> Response[Any]:
    """A room's figures as its host sees them while live

     For the room's hosts and operators; for a shop's members their own goods' part. Screens have
    the same pushed to them over ``WS /api/v1/rooms/{room_id}/figures``.

    Args:
        room_id (UUID):
        shop (str | Unset): A shop's id or handle: its own goods' part alone Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any]
    """

    kwargs = _get_kwargs(
        room_id=room_id,
        shop=shop,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


async def asyncio_detailed(
    room_id: UUID,
    *,
    client: AuthenticatedClient,
    shop: str | Unset = "",
) -> Response[Any]:
    """A room's figures as its host sees them while live

     For the room's hosts and operators; for a shop's members their own goods' part. Screens have
    the same pushed to them over ``WS /api/v1/rooms/{room_id}/figures``.

    Args:
        room_id (UUID):
        shop (str | Unset): A shop's id or handle: its own goods' part alone Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any]
    """

    kwargs = _get_kwargs(
        room_id=room_id,
        shop=shop,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)

from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.flash_in import FlashIn
from ...models.flash_out import FlashOut
from ...types import Response


def _get_kwargs(
    room_id: UUID,
    listing_id: UUID,
    *,
    body: FlashIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/rooms/{room_id}/cart/{listing_id}/flash".format(
            room_id=quote(str(room_id), safe=""),
            listing_id=quote(str(listing_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> FlashOut | None:
    if response.status_code == 201:
        response_201 = FlashOut.from_dict(response.json())

        return response_201

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[FlashOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    room_id: UUID,
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
    body: FlashIn,
) -> Response[FlashOut]:
    """Start a flash price

     Pins the listing; nothing else can be pinned until it is over.

    Args:
        room_id (UUID):
        listing_id (UUID):
        body (FlashIn): ``percent`` off for ``seconds``; ``pieces`` of each variant, null for all
            there are.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[FlashOut]
    """

    kwargs = _get_kwargs(
        room_id=room_id,
        listing_id=listing_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    room_id: UUID,
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
    body: FlashIn,
) -> FlashOut | None:
    """Start a flash price

     Pins the listing; nothing else can be pinned until it is over.

    Args:
        room_id (UUID):
        listing_id (UUID):
        body (FlashIn): ``percent`` off for ``seconds``; ``pieces`` of each variant, null for all
            there are.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        FlashOut
    """

    return sync_detailed(
        room_id=room_id,
        listing_id=listing_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    room_id: UUID,
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
    body: FlashIn,
) -> Response[FlashOut]:
    """Start a flash price

     Pins the listing; nothing else can be pinned until it is over.

    Args:
        room_id (UUID):
        listing_id (UUID):
        body (FlashIn): ``percent`` off for ``seconds``; ``pieces`` of each variant, null for all
            there are.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[FlashOut]
    """

    kwargs = _get_kwargs(
        room_id=room_id,
        listing_id=listing_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    room_id: UUID,
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
    body: FlashIn,
) -> FlashOut | None:
    """Start a flash price

     Pins the listing; nothing else can be pinned until it is over.

    Args:
        room_id (UUID):
        listing_id (UUID):
        body (FlashIn): ``percent`` off for ``seconds``; ``pieces`` of each variant, null for all
            there are.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        FlashOut
    """

    return (
        await asyncio_detailed(
            room_id=room_id,
            listing_id=listing_id,
            client=client,
            body=body,
        )
    ).parsed

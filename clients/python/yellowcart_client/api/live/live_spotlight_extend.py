from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.live_extend_in import LiveExtendIn
from ...models.live_spotlight_extend_response import LiveSpotlightExtendResponse
from ...types import Response


def _get_kwargs(
    room_id: UUID,
    listing_id: UUID,
    *,
    body: LiveExtendIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/rooms/{room_id}/cart/{listing_id}/countdown/extend".format(
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
) -> LiveSpotlightExtendResponse | None:
    if response.status_code == 200:
        response_200 = LiveSpotlightExtendResponse.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[LiveSpotlightExtendResponse]:
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
    body: LiveExtendIn,
) -> Response[LiveSpotlightExtendResponse]:
    """Extend a countdown

     The sale begins so many seconds later.

    Args:
        room_id (UUID):
        listing_id (UUID):
        body (LiveExtendIn): By how much.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LiveSpotlightExtendResponse]
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
    body: LiveExtendIn,
) -> LiveSpotlightExtendResponse | None:
    """Extend a countdown

     The sale begins so many seconds later.

    Args:
        room_id (UUID):
        listing_id (UUID):
        body (LiveExtendIn): By how much.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LiveSpotlightExtendResponse
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
    body: LiveExtendIn,
) -> Response[LiveSpotlightExtendResponse]:
    """Extend a countdown

     The sale begins so many seconds later.

    Args:
        room_id (UUID):
        listing_id (UUID):
        body (LiveExtendIn): By how much.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LiveSpotlightExtendResponse]
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
    body: LiveExtendIn,
) -> LiveSpotlightExtendResponse | None:
    """Extend a countdown

     The sale begins so many seconds later.

    Args:
        room_id (UUID):
        listing_id (UUID):
        body (LiveExtendIn): By how much.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LiveSpotlightExtendResponse
    """

    return (
        await asyncio_detailed(
            room_id=room_id,
            listing_id=listing_id,
            client=client,
            body=body,
        )
    ).parsed

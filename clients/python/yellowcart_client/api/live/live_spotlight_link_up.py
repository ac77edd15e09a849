from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.live_spotlight_link_up_response import LiveSpotlightLinkUpResponse
from ...types import Response


def _get_kwargs(
    room_id: UUID,
    listing_id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/rooms/{room_id}/cart/{listing_id}/link-up".format(
            room_id=quote(str(room_id), safe=""),
            listing_id=quote(str(listing_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> LiveSpotlightLinkUpResponse | None:
    if response.status_code == 200:
        response_200 = LiveSpotlightLinkUpResponse.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[LiveSpotlightLinkUpResponse]:
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
) -> Response[LiveSpotlightLinkUpResponse]:
    """Put a listing on sale now

     Ends the countdown or the waiting.

    Args:
        room_id (UUID):
        listing_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LiveSpotlightLinkUpResponse]
    """

    kwargs = _get_kwargs(
        room_id=room_id,
        listing_id=listing_id,
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
) -> LiveSpotlightLinkUpResponse | None:
    """Put a listing on sale now

     Ends the countdown or the waiting.

    Args:
        room_id (UUID):
        listing_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LiveSpotlightLinkUpResponse
    """

    return sync_detailed(
        room_id=room_id,
        listing_id=listing_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    room_id: UUID,
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[LiveSpotlightLinkUpResponse]:
    """Put a listing on sale now

     Ends the countdown or the waiting.

    Args:
        room_id (UUID):
        listing_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LiveSpotlightLinkUpResponse]
    """

    kwargs = _get_kwargs(
        room_id=room_id,
        listing_id=listing_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    room_id: UUID,
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
) -> LiveSpotlightLinkUpResponse | None:
    """Put a listing on sale now

     Ends the countdown or the waiting.

    Args:
        room_id (UUID):
        listing_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LiveSpotlightLinkUpResponse
    """

    return (
        await asyncio_detailed(
            room_id=room_id,
            listing_id=listing_id,
            client=client,
        )
    ).parsed

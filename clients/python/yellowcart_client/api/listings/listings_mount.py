from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.listings_mount_response import ListingsMountResponse
from ...models.mount_in import MountIn
from ...types import Response


def _get_kwargs(
    surface: str,
    container_id: UUID,
    *,
    body: MountIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/listings/{surface}/{container_id}".format(
            surface=quote(str(surface), safe=""),
            container_id=quote(str(container_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ListingsMountResponse | None:
    if response.status_code == 201:
        response_201 = ListingsMountResponse.from_dict(response.json())

        return response_201

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ListingsMountResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    surface: str,
    container_id: UUID,
    *,
    client: AuthenticatedClient,
    body: MountIn,
) -> Response[ListingsMountResponse]:
    """List a product

     On one's profile, a shop's page or a product's page.

    Args:
        surface (str):
        container_id (UUID):
        body (MountIn): A product to offer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ListingsMountResponse]
    """

    kwargs = _get_kwargs(
        surface=surface,
        container_id=container_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    surface: str,
    container_id: UUID,
    *,
    client: AuthenticatedClient,
    body: MountIn,
) -> ListingsMountResponse | None:
    """List a product

     On one's profile, a shop's page or a product's page.

    Args:
        surface (str):
        container_id (UUID):
        body (MountIn): A product to offer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ListingsMountResponse
    """

    return sync_detailed(
        surface=surface,
        container_id=container_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    surface: str,
    container_id: UUID,
    *,
    client: AuthenticatedClient,
    body: MountIn,
) -> Response[ListingsMountResponse]:
    """List a product

     On one's profile, a shop's page or a product's page.

    Args:
        surface (str):
        container_id (UUID):
        body (MountIn): A product to offer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ListingsMountResponse]
    """

    kwargs = _get_kwargs(
        surface=surface,
        container_id=container_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    surface: str,
    container_id: UUID,
    *,
    client: AuthenticatedClient,
    body: MountIn,
) -> ListingsMountResponse | None:
    """List a product

     On one's profile, a shop's page or a product's page.

    Args:
        surface (str):
        container_id (UUID):
        body (MountIn): A product to offer.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ListingsMountResponse
    """

    return (
        await asyncio_detailed(
            surface=surface,
            container_id=container_id,
            client=client,
            body=body,
        )
    ).parsed

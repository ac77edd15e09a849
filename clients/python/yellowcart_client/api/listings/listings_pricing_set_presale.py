from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.presale_in import PresaleIn
from ...models.presale_out import PresaleOut
from ...types import Response


def _get_kwargs(
    listing_id: UUID,
    sku_id: UUID,
    *,
    body: PresaleIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/listings/{listing_id}/presale/{sku_id}".format(
            listing_id=quote(str(listing_id), safe=""),
            sku_id=quote(str(sku_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PresaleOut | None:
    if response.status_code == 200:
        response_200 = PresaleOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[PresaleOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    listing_id: UUID,
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
    body: PresaleIn,
) -> Response[PresaleOut]:
    """Sell against a deposit

     For the shop's people who may offer its goods.

    Args:
        listing_id (UUID):
        sku_id (UUID):
        body (PresaleIn): A deposit a piece, and when the balance is due, in ``[balance_from,
            balance_until)``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PresaleOut]
    """

    kwargs = _get_kwargs(
        listing_id=listing_id,
        sku_id=sku_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    listing_id: UUID,
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
    body: PresaleIn,
) -> PresaleOut | None:
    """Sell against a deposit

     For the shop's people who may offer its goods.

    Args:
        listing_id (UUID):
        sku_id (UUID):
        body (PresaleIn): A deposit a piece, and when the balance is due, in ``[balance_from,
            balance_until)``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PresaleOut
    """

    return sync_detailed(
        listing_id=listing_id,
        sku_id=sku_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    listing_id: UUID,
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
    body: PresaleIn,
) -> Response[PresaleOut]:
    """Sell against a deposit

     For the shop's people who may offer its goods.

    Args:
        listing_id (UUID):
        sku_id (UUID):
        body (PresaleIn): A deposit a piece, and when the balance is due, in ``[balance_from,
            balance_until)``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PresaleOut]
    """

    kwargs = _get_kwargs(
        listing_id=listing_id,
        sku_id=sku_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    listing_id: UUID,
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
    body: PresaleIn,
) -> PresaleOut | None:
    """Sell against a deposit

     For the shop's people who may offer its goods.

    Args:
        listing_id (UUID):
        sku_id (UUID):
        body (PresaleIn): A deposit a piece, and when the balance is due, in ``[balance_from,
            balance_until)``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PresaleOut
    """

    return (
        await asyncio_detailed(
            listing_id=listing_id,
            sku_id=sku_id,
            client=client,
            body=body,
        )
    ).parsed

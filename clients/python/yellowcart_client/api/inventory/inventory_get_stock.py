from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.stock_out import StockOut
from ...types import Response


def _get_kwargs(
    sku_id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/inventory/skus/{sku_id}".format(
            sku_id=quote(str(sku_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> StockOut | None:
    if response.status_code == 200:
        response_200 = StockOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[StockOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[StockOut]:
    """Get Stock

     A SKU's stock, for those who work in its shop and for operators.

    Args:
        sku_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[StockOut]
    """

    kwargs = _get_kwargs(
        sku_id=sku_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
) -> StockOut | None:
    """Get Stock

     A SKU's stock, for those who work in its shop and for operators.

    Args:
        sku_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        StockOut
    """

    return sync_detailed(
        sku_id=sku_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[StockOut]:
    """Get Stock

     A SKU's stock, for those who work in its shop and for operators.

    Args:
        sku_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[StockOut]
    """

    kwargs = _get_kwargs(
        sku_id=sku_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
) -> StockOut | None:
    """Get Stock

     A SKU's stock, for those who work in its shop and for operators.

    Args:
        sku_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        StockOut
    """

    return (
        await asyncio_detailed(
            sku_id=sku_id,
            client=client,
        )
    ).parsed

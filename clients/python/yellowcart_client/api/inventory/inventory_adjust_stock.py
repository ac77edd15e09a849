from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.delta_in import DeltaIn
from ...models.stock_out import StockOut
from ...types import Response


def _get_kwargs(
    sku_id: UUID,
    *,
    body: DeltaIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/inventory/skus/{sku_id}/adjust".format(
            sku_id=quote(str(sku_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
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
    body: DeltaIn,
) -> Response[StockOut]:
    """Adjust Stock

     Add or take away pieces, once for each key.

    Args:
        sku_id (UUID):
        body (DeltaIn): Pieces to add, or to take away where negative; the same key again changes
            nothing.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[StockOut]
    """

    kwargs = _get_kwargs(
        sku_id=sku_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DeltaIn,
) -> StockOut | None:
    """Adjust Stock

     Add or take away pieces, once for each key.

    Args:
        sku_id (UUID):
        body (DeltaIn): Pieces to add, or to take away where negative; the same key again changes
            nothing.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        StockOut
    """

    return sync_detailed(
        sku_id=sku_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DeltaIn,
) -> Response[StockOut]:
    """Adjust Stock

     Add or take away pieces, once for each key.

    Args:
        sku_id (UUID):
        body (DeltaIn): Pieces to add, or to take away where negative; the same key again changes
            nothing.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[StockOut]
    """

    kwargs = _get_kwargs(
        sku_id=sku_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    sku_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DeltaIn,
) -> StockOut | None:
    """Adjust Stock

     Add or take away pieces, once for each key.

    Args:
        sku_id (UUID):
        body (DeltaIn): Pieces to add, or to take away where negative; the same key again changes
            nothing.

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
            body=body,
        )
    ).parsed

from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.orders_extend_in import OrdersExtendIn
from ...models.orders_whole_out import OrdersWholeOut
from ...types import Response


def _get_kwargs(
    order_id: UUID,
    *,
    body: OrdersExtendIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/orders/{order_id}/receipt/extension".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> OrdersWholeOut | None:
    if response.status_code == 200:
        response_200 = OrdersWholeOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[OrdersWholeOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    body: OrdersExtendIn,
) -> Response[OrdersWholeOut]:
    """Put the automatic receipt off

     The buyer's days, or as many as the merchant gives.

    Args:
        order_id (UUID):
        body (OrdersExtendIn): How many days a merchant gives; a buyer's are fixed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OrdersWholeOut]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    body: OrdersExtendIn,
) -> OrdersWholeOut | None:
    """Put the automatic receipt off

     The buyer's days, or as many as the merchant gives.

    Args:
        order_id (UUID):
        body (OrdersExtendIn): How many days a merchant gives; a buyer's are fixed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OrdersWholeOut
    """

    return sync_detailed(
        order_id=order_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    body: OrdersExtendIn,
) -> Response[OrdersWholeOut]:
    """Put the automatic receipt off

     The buyer's days, or as many as the merchant gives.

    Args:
        order_id (UUID):
        body (OrdersExtendIn): How many days a merchant gives; a buyer's are fixed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OrdersWholeOut]
    """

    kwargs = _get_kwargs(
        order_id=order_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    order_id: UUID,
    *,
    client: AuthenticatedClient,
    body: OrdersExtendIn,
) -> OrdersWholeOut | None:
    """Put the automatic receipt off

     The buyer's days, or as many as the merchant gives.

    Args:
        order_id (UUID):
        body (OrdersExtendIn): How many days a merchant gives; a buyer's are fixed.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OrdersWholeOut
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            client=client,
            body=body,
        )
    ).parsed

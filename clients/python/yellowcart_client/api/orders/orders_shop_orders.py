from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.orders_page_out import OrdersPageOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    shop: str,
    *,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 20,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["state"] = state

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/orders/of-shop/{shop}".format(
            shop=quote(str(shop), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> OrdersPageOut | None:
    if response.status_code == 200:
        response_200 = OrdersPageOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[OrdersPageOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    shop: str,
    *,
    client: AuthenticatedClient,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 20,
) -> Response[OrdersPageOut]:
    """A shop's orders

     What a shop sold, newest first; for its members. ``shop`` is an id or a handle.

    Args:
        shop (str):
        state (str | Unset):  Default: ''.
        cursor (str | Unset):  Default: ''.
        limit (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OrdersPageOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
        state=state,
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    shop: str,
    *,
    client: AuthenticatedClient,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 20,
) -> OrdersPageOut | None:
    """A shop's orders

     What a shop sold, newest first; for its members. ``shop`` is an id or a handle.

    Args:
        shop (str):
        state (str | Unset):  Default: ''.
        cursor (str | Unset):  Default: ''.
        limit (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OrdersPageOut
    """

    return sync_detailed(
        shop=shop,
        client=client,
        state=state,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    shop: str,
    *,
    client: AuthenticatedClient,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 20,
) -> Response[OrdersPageOut]:
    """A shop's orders

     What a shop sold, newest first; for its members. ``shop`` is an id or a handle.

    Args:
        shop (str):
        state (str | Unset):  Default: ''.
        cursor (str | Unset):  Default: ''.
        limit (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OrdersPageOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
        state=state,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    shop: str,
    *,
    client: AuthenticatedClient,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 20,
) -> OrdersPageOut | None:
    """A shop's orders

     What a shop sold, newest first; for its members. ``shop`` is an id or a handle.

    Args:
        shop (str):
        state (str | Unset):  Default: ''.
        cursor (str | Unset):  Default: ''.
        limit (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OrdersPageOut
    """

    return (
        await asyncio_detailed(
            shop=shop,
            client=client,
            state=state,
            cursor=cursor,
            limit=limit,
        )
    ).parsed

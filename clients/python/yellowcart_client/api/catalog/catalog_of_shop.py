from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.product_page import ProductPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    shop: str,
    *,
    q: str | Unset = "",
    review_state: str | Unset = "",
    on_shelf: bool | None | Unset = UNSET,
    source: str | Unset = "",
    cursor: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["q"] = q

    params["review_state"] = review_state

    json_on_shelf: bool | Unset | None
    if isinstance(on_shelf, Unset):
        json_on_shelf = UNSET
    else:
        json_on_shelf = on_shelf
    params["on_shelf"] = json_on_shelf

    params["source"] = source

    json_cursor: str | Unset | None
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    elif isinstance(cursor, UUID):
        json_cursor = str(cursor)
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/products/of/{shop}".format(
            shop=quote(str(shop), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProductPage | None:
    if response.status_code == 200:
        response_200 = ProductPage.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProductPage]:
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
    q: str | Unset = "",
    review_state: str | Unset = "",
    on_shelf: bool | None | Unset = UNSET,
    source: str | Unset = "",
    cursor: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
) -> Response[ProductPage]:
    """Of Shop

     A shop's whole catalogue, for those who work there and for operators.

    Args:
        shop (str):
        q (str | Unset):  Default: ''.
        review_state (str | Unset):  Default: ''.
        on_shelf (bool | None | Unset):
        source (str | Unset):  Default: ''.
        cursor (None | Unset | UUID):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProductPage]
    """

    kwargs = _get_kwargs(
        shop=shop,
        q=q,
        review_state=review_state,
        on_shelf=on_shelf,
        source=source,
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
    q: str | Unset = "",
    review_state: str | Unset = "",
    on_shelf: bool | None | Unset = UNSET,
    source: str | Unset = "",
    cursor: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
) -> ProductPage | None:
    """Of Shop

     A shop's whole catalogue, for those who work there and for operators.

    Args:
        shop (str):
        q (str | Unset):  Default: ''.
        review_state (str | Unset):  Default: ''.
        on_shelf (bool | None | Unset):
        source (str | Unset):  Default: ''.
        cursor (None | Unset | UUID):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProductPage
    """

    return sync_detailed(
        shop=shop,
        client=client,
        q=q,
        review_state=review_state,
        on_shelf=on_shelf,
        source=source,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    shop: str,
    *,
    client: AuthenticatedClient,
    q: str | Unset = "",
    review_state: str | Unset = "",
    on_shelf: bool | None | Unset = UNSET,
    source: str | Unset = "",
    cursor: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
) -> Response[ProductPage]:
    """Of Shop

     A shop's whole catalogue, for those who work there and for operators.

    Args:
        shop (str):
        q (str | Unset):  Default: ''.
        review_state (str | Unset):  Default: ''.
        on_shelf (bool | None | Unset):
        source (str | Unset):  Default: ''.
        cursor (None | Unset | UUID):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProductPage]
    """

    kwargs = _get_kwargs(
        shop=shop,
        q=q,
        review_state=review_state,
        on_shelf=on_shelf,
        source=source,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    shop: str,
    *,
    client: AuthenticatedClient,
    q: str | Unset = "",
    review_state: str | Unset = "",
    on_shelf: bool | None | Unset = UNSET,
    source: str | Unset = "",
    cursor: None | Unset | UUID = UNSET,
    limit: int | Unset = 50,
) -> ProductPage | None:
    """Of Shop

     A shop's whole catalogue, for those who work there and for operators.

    Args:
        shop (str):
        q (str | Unset):  Default: ''.
        review_state (str | Unset):  Default: ''.
        on_shelf (bool | None | Unset):
        source (str | Unset):  Default: ''.
        cursor (None | Unset | UUID):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProductPage
    """

    return (
        await asyncio_detailed(
            shop=shop,
            client=client,
            q=q,
            review_state=review_state,
            on_shelf=on_shelf,
            source=source,
            cursor=cursor,
            limit=limit,
        )
    ).parsed

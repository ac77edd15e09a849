from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.supply_in import SupplyIn
from ...models.supply_out import SupplyOut
from ...types import Response


def _get_kwargs(
    shop: str,
    *,
    body: SupplyIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/products/of/{shop}/supply".format(
            shop=quote(str(shop), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> SupplyOut | None:
    if response.status_code == 200:
        response_200 = SupplyOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[SupplyOut]:
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
    body: SupplyIn,
) -> Response[SupplyOut]:
    """List Supplier Goods

     List a supplier's goods in one click, as native goods on the supplier's stock.

    Args:
        shop (str):
        body (SupplyIn): A supplier's goods to list: all of them where ``product_ids`` is left
            out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SupplyOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    shop: str,
    *,
    client: AuthenticatedClient,
    body: SupplyIn,
) -> SupplyOut | None:
    """List Supplier Goods

     List a supplier's goods in one click, as native goods on the supplier's stock.

    Args:
        shop (str):
        body (SupplyIn): A supplier's goods to list: all of them where ``product_ids`` is left
            out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SupplyOut
    """

    return sync_detailed(
        shop=shop,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    shop: str,
    *,
    client: AuthenticatedClient,
    body: SupplyIn,
) -> Response[SupplyOut]:
    """List Supplier Goods

     List a supplier's goods in one click, as native goods on the supplier's stock.

    Args:
        shop (str):
        body (SupplyIn): A supplier's goods to list: all of them where ``product_ids`` is left
            out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SupplyOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    shop: str,
    *,
    client: AuthenticatedClient,
    body: SupplyIn,
) -> SupplyOut | None:
    """List Supplier Goods

     List a supplier's goods in one click, as native goods on the supplier's stock.

    Args:
        shop (str):
        body (SupplyIn): A supplier's goods to list: all of them where ``product_ids`` is left
            out.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SupplyOut
    """

    return (
        await asyncio_detailed(
            shop=shop,
            client=client,
            body=body,
        )
    ).parsed

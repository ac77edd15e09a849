from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.import_out import ImportOut
from ...models.inventory_import_products_multi_part_body_params import (
    InventoryImportProductsMultiPartBodyParams,
)
from ...types import Response


def _get_kwargs(
    shop: str,
    *,
    body: InventoryImportProductsMultiPartBodyParams,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/inventory/import/{shop}".format(
            shop=quote(str(shop), safe=""),
        ),
    }

    _kwargs["files"] = body.to_multipart()

    headers["Content-Type"] = "multipart/form-data; boundary=+++"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ImportOut | None:
    if response.status_code == 200:
        response_200 = ImportOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ImportOut]:
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
    body: InventoryImportProductsMultiPartBodyParams,
) -> Response[ImportOut]:
    """Import Products

     Import a CSV or XLSX file: an export of ours, of Shopify, WooCommerce or Taobao Assistant.

    The same file again changes nothing.

    Args:
        shop (str):
        body (InventoryImportProductsMultiPartBodyParams):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ImportOut]
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
    body: InventoryImportProductsMultiPartBodyParams,
) -> ImportOut | None:
    """Import Products

     Import a CSV or XLSX file: an export of ours, of Shopify, WooCommerce or Taobao Assistant.

    The same file again changes nothing.

    Args:
        shop (str):
        body (InventoryImportProductsMultiPartBodyParams):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ImportOut
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
    body: InventoryImportProductsMultiPartBodyParams,
) -> Response[ImportOut]:
    """Import Products

     Import a CSV or XLSX file: an export of ours, of Shopify, WooCommerce or Taobao Assistant.

    The same file again changes nothing.

    Args:
        shop (str):
        body (InventoryImportProductsMultiPartBodyParams):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ImportOut]
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
    body: InventoryImportProductsMultiPartBodyParams,
) -> ImportOut | None:
    """Import Products

     Import a CSV or XLSX file: an export of ours, of Shopify, WooCommerce or Taobao Assistant.

    The same file again changes nothing.

    Args:
        shop (str):
        body (InventoryImportProductsMultiPartBodyParams):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ImportOut
    """

    return (
        await asyncio_detailed(
            shop=shop,
            client=client,
            body=body,
        )
    ).parsed

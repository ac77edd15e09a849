from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.link_in import LinkIn
from ...models.product_out import ProductOut
from ...types import Response


def _get_kwargs(
    shop: str,
    *,
    body: LinkIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/products/of/{shop}/link".format(
            shop=quote(str(shop), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProductOut | None:
    if response.status_code == 200:
        response_200 = ProductOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProductOut]:
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
    body: LinkIn,
) -> Response[ProductOut]:
    """Create From Link

     Make a product of a pasted link, share text or code; the same goods, the same product.

    Args:
        shop (str):
        body (LinkIn): A pasted link, share text or code to make a product of; ``price`` in minor
            units.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProductOut]
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
    body: LinkIn,
) -> ProductOut | None:
    """Create From Link

     Make a product of a pasted link, share text or code; the same goods, the same product.

    Args:
        shop (str):
        body (LinkIn): A pasted link, share text or code to make a product of; ``price`` in minor
            units.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProductOut
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
    body: LinkIn,
) -> Response[ProductOut]:
    """Create From Link

     Make a product of a pasted link, share text or code; the same goods, the same product.

    Args:
        shop (str):
        body (LinkIn): A pasted link, share text or code to make a product of; ``price`` in minor
            units.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProductOut]
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
    body: LinkIn,
) -> ProductOut | None:
    """Create From Link

     Make a product of a pasted link, share text or code; the same goods, the same product.

    Args:
        shop (str):
        body (LinkIn): A pasted link, share text or code to make a product of; ``price`` in minor
            units.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProductOut
    """

    return (
        await asyncio_detailed(
            shop=shop,
            client=client,
            body=body,
        )
    ).parsed

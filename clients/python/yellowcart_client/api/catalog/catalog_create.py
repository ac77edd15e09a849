from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.product_in import ProductIn
from ...models.product_out import ProductOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    shop: str,
    *,
    body: ProductIn,
    submit: bool | Unset = False,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["submit"] = submit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/products/of/{shop}".format(
            shop=quote(str(shop), safe=""),
        ),
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProductOut | None:
    if response.status_code == 201:
        response_201 = ProductOut.from_dict(response.json())

        return response_201

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
    body: ProductIn,
    submit: bool | Unset = False,
) -> Response[ProductOut]:
    """Create

     Write a new product, as a draft or straight into review.

    Args:
        shop (str):
        submit (bool | Unset):  Default: False.
        body (ProductIn): A product to write.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProductOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
        body=body,
        submit=submit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    shop: str,
    *,
    client: AuthenticatedClient,
    body: ProductIn,
    submit: bool | Unset = False,
) -> ProductOut | None:
    """Create

     Write a new product, as a draft or straight into review.

    Args:
        shop (str):
        submit (bool | Unset):  Default: False.
        body (ProductIn): A product to write.

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
        submit=submit,
    ).parsed


async def asyncio_detailed(
    shop: str,
    *,
    client: AuthenticatedClient,
    body: ProductIn,
    submit: bool | Unset = False,
) -> Response[ProductOut]:
    """Create

     Write a new product, as a draft or straight into review.

    Args:
        shop (str):
        submit (bool | Unset):  Default: False.
        body (ProductIn): A product to write.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProductOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
        body=body,
        submit=submit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    shop: str,
    *,
    client: AuthenticatedClient,
    body: ProductIn,
    submit: bool | Unset = False,
) -> ProductOut | None:
    """Create

     Write a new product, as a draft or straight into review.

    Args:
        shop (str):
        submit (bool | Unset):  Default: False.
        body (ProductIn): A product to write.

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
            submit=submit,
        )
    ).parsed

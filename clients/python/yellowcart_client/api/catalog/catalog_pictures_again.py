from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.pictures_out import PicturesOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    shop: str,
    *,
    product_id: None | Unset | UUID = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_product_id: str | Unset | None
    if isinstance(product_id, Unset):
        json_product_id = UNSET
    elif isinstance(product_id, UUID):
        json_product_id = str(product_id)
    else:
        json_product_id = product_id
    params["product_id"] = json_product_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/products/of/{shop}/pictures/again".format(
            shop=quote(str(shop), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PicturesOut | None:
    if response.status_code == 200:
        response_200 = PicturesOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[PicturesOut]:
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
    product_id: None | Unset | UUID = UNSET,
) -> Response[PicturesOut]:
    """Pictures Again

     Have the pictures fetched once more that failed, of one product or of all.

    Args:
        shop (str):
        product_id (None | Unset | UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PicturesOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
        product_id=product_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    shop: str,
    *,
    client: AuthenticatedClient,
    product_id: None | Unset | UUID = UNSET,
) -> PicturesOut | None:
    """Pictures Again

     Have the pictures fetched once more that failed, of one product or of all.

    Args:
        shop (str):
        product_id (None | Unset | UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PicturesOut
    """

    return sync_detailed(
        shop=shop,
        client=client,
        product_id=product_id,
    ).parsed


async def asyncio_detailed(
    shop: str,
    *,
    client: AuthenticatedClient,
    product_id: None | Unset | UUID = UNSET,
) -> Response[PicturesOut]:
    """Pictures Again

     Have the pictures fetched once more that failed, of one product or of all.

    Args:
        shop (str):
        product_id (None | Unset | UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PicturesOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
        product_id=product_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    shop: str,
    *,
    client: AuthenticatedClient,
    product_id: None | Unset | UUID = UNSET,
) -> PicturesOut | None:
    """Pictures Again

     Have the pictures fetched once more that failed, of one product or of all.

    Args:
        shop (str):
        product_id (None | Unset | UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PicturesOut
    """

    return (
        await asyncio_detailed(
            shop=shop,
            client=client,
            product_id=product_id,
        )
    ).parsed

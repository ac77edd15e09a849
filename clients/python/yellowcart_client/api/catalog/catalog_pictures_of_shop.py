from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.pictures_out import PicturesOut
from ...types import Response


def _get_kwargs(
    shop: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/products/of/{shop}/pictures".format(
            shop=quote(str(shop), safe=""),
        ),
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
) -> Response[PicturesOut]:
    """Pictures Of Shop

     How far our copies of the pictures of a shop's goods are, and which could not be had.

    Args:
        shop (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PicturesOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    shop: str,
    *,
    client: AuthenticatedClient,
) -> PicturesOut | None:
    """Pictures Of Shop

     How far our copies of the pictures of a shop's goods are, and which could not be had.

    Args:
        shop (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PicturesOut
    """

    return sync_detailed(
        shop=shop,
        client=client,
    ).parsed


async def asyncio_detailed(
    shop: str,
    *,
    client: AuthenticatedClient,
) -> Response[PicturesOut]:
    """Pictures Of Shop

     How far our copies of the pictures of a shop's goods are, and which could not be had.

    Args:
        shop (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PicturesOut]
    """

    kwargs = _get_kwargs(
        shop=shop,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    shop: str,
    *,
    client: AuthenticatedClient,
) -> PicturesOut | None:
    """Pictures Of Shop

     How far our copies of the pictures of a shop's goods are, and which could not be had.

    Args:
        shop (str):

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
        )
    ).parsed

from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.special_in import SpecialIn
from ...models.special_out import SpecialOut
from ...types import Response


def _get_kwargs(
    listing_id: UUID,
    *,
    body: SpecialIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/listings/{listing_id}/prices".format(
            listing_id=quote(str(listing_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> SpecialOut | None:
    if response.status_code == 201:
        response_201 = SpecialOut.from_dict(response.json())

        return response_201

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[SpecialOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SpecialIn,
) -> Response[SpecialOut]:
    """Set a special price

     For the shop's people who may offer its goods, and for the host as far as the shop lets.

    Args:
        listing_id (UUID):
        body (SpecialIn): A special price, in minor units of the product's currency; instants need
            a zone.

            It begins at ``starts_at``, now where that is missing, and ends after ``seconds``, at
            ``ends_at``, or when somebody ends it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SpecialOut]
    """

    kwargs = _get_kwargs(
        listing_id=listing_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SpecialIn,
) -> SpecialOut | None:
    """Set a special price

     For the shop's people who may offer its goods, and for the host as far as the shop lets.

    Args:
        listing_id (UUID):
        body (SpecialIn): A special price, in minor units of the product's currency; instants need
            a zone.

            It begins at ``starts_at``, now where that is missing, and ends after ``seconds``, at
            ``ends_at``, or when somebody ends it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SpecialOut
    """

    return sync_detailed(
        listing_id=listing_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SpecialIn,
) -> Response[SpecialOut]:
    """Set a special price

     For the shop's people who may offer its goods, and for the host as far as the shop lets.

    Args:
        listing_id (UUID):
        body (SpecialIn): A special price, in minor units of the product's currency; instants need
            a zone.

            It begins at ``starts_at``, now where that is missing, and ends after ``seconds``, at
            ``ends_at``, or when somebody ends it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SpecialOut]
    """

    kwargs = _get_kwargs(
        listing_id=listing_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    listing_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SpecialIn,
) -> SpecialOut | None:
    """Set a special price

     For the shop's people who may offer its goods, and for the host as far as the shop lets.

    Args:
        listing_id (UUID):
        body (SpecialIn): A special price, in minor units of the product's currency; instants need
            a zone.

            It begins at ``starts_at``, now where that is missing, and ends after ``seconds``, at
            ``ends_at``, or when somebody ends it.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SpecialOut
    """

    return (
        await asyncio_detailed(
            listing_id=listing_id,
            client=client,
            body=body,
        )
    ).parsed

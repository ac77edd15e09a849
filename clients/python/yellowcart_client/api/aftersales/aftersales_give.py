from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.aftersales_whole_out import AftersalesWholeOut
from ...models.give_in import GiveIn
from ...types import Response


def _get_kwargs(
    order_id: UUID,
    *,
    body: GiveIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/aftersales/of-order/{order_id}/given".format(
            order_id=quote(str(order_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AftersalesWholeOut | None:
    if response.status_code == 201:
        response_201 = AftersalesWholeOut.from_dict(response.json())

        return response_201

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AftersalesWholeOut]:
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
    body: GiveIn,
) -> Response[AftersalesWholeOut]:
    """Give money back without being asked

     The shop can't send something, or makes up for something; the money goes back at once.

    Args:
        order_id (UUID):
        body (GiveIn): What a shop gives back without being asked: ``cannot_send`` or
            ``goodwill``, and why.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AftersalesWholeOut]
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
    body: GiveIn,
) -> AftersalesWholeOut | None:
    """Give money back without being asked

     The shop can't send something, or makes up for something; the money goes back at once.

    Args:
        order_id (UUID):
        body (GiveIn): What a shop gives back without being asked: ``cannot_send`` or
            ``goodwill``, and why.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AftersalesWholeOut
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
    body: GiveIn,
) -> Response[AftersalesWholeOut]:
    """Give money back without being asked

     The shop can't send something, or makes up for something; the money goes back at once.

    Args:
        order_id (UUID):
        body (GiveIn): What a shop gives back without being asked: ``cannot_send`` or
            ``goodwill``, and why.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AftersalesWholeOut]
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
    body: GiveIn,
) -> AftersalesWholeOut | None:
    """Give money back without being asked

     The shop can't send something, or makes up for something; the money goes back at once.

    Args:
        order_id (UUID):
        body (GiveIn): What a shop gives back without being asked: ``cannot_send`` or
            ``goodwill``, and why.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AftersalesWholeOut
    """

    return (
        await asyncio_detailed(
            order_id=order_id,
            client=client,
            body=body,
        )
    ).parsed

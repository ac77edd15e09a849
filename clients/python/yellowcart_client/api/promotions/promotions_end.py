from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.coupon_out import CouponOut
from ...types import Response


def _get_kwargs(
    coupon_id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/promotions/coupons/{coupon_id}/end".format(
            coupon_id=quote(str(coupon_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CouponOut | None:
    if response.status_code == 200:
        response_200 = CouponOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[CouponOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    coupon_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[CouponOut]:
    """End a coupon

     For whoever might have given it; ending it again changes nothing.

    Args:
        coupon_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CouponOut]
    """

    kwargs = _get_kwargs(
        coupon_id=coupon_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    coupon_id: UUID,
    *,
    client: AuthenticatedClient,
) -> CouponOut | None:
    """End a coupon

     For whoever might have given it; ending it again changes nothing.

    Args:
        coupon_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CouponOut
    """

    return sync_detailed(
        coupon_id=coupon_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    coupon_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[CouponOut]:
    """End a coupon

     For whoever might have given it; ending it again changes nothing.

    Args:
        coupon_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CouponOut]
    """

    kwargs = _get_kwargs(
        coupon_id=coupon_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    coupon_id: UUID,
    *,
    client: AuthenticatedClient,
) -> CouponOut | None:
    """End a coupon

     For whoever might have given it; ending it again changes nothing.

    Args:
        coupon_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CouponOut
    """

    return (
        await asyncio_detailed(
            coupon_id=coupon_id,
            client=client,
        )
    ).parsed

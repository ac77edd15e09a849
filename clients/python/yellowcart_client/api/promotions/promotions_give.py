from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.coupon_in import CouponIn
from ...models.coupon_out import CouponOut
from ...types import Response


def _get_kwargs(
    *,
    body: CouponIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/promotions/coupons",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CouponOut | None:
    if response.status_code == 201:
        response_201 = CouponOut.from_dict(response.json())

        return response_201

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
    *,
    client: AuthenticatedClient,
    body: CouponIn,
) -> Response[CouponOut]:
    """Give a coupon

     For a shop by who may offer its goods, for one's rooms by a creator, for the platform by an
    operator.

    Args:
        body (CouponIn): A coupon to give. Amounts in minor units, rates in basis points; instants
            need a zone.

            ``off`` is the amount it takes off, or the most where ``off_bps`` is a rate.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CouponOut]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: CouponIn,
) -> CouponOut | None:
    """Give a coupon

     For a shop by who may offer its goods, for one's rooms by a creator, for the platform by an
    operator.

    Args:
        body (CouponIn): A coupon to give. Amounts in minor units, rates in basis points; instants
            need a zone.

            ``off`` is the amount it takes off, or the most where ``off_bps`` is a rate.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CouponOut
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: CouponIn,
) -> Response[CouponOut]:
    """Give a coupon

     For a shop by who may offer its goods, for one's rooms by a creator, for the platform by an
    operator.

    Args:
        body (CouponIn): A coupon to give. Amounts in minor units, rates in basis points; instants
            need a zone.

            ``off`` is the amount it takes off, or the most where ``off_bps`` is a rate.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CouponOut]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: CouponIn,
) -> CouponOut | None:
    """Give a coupon

     For a shop by who may offer its goods, for one's rooms by a creator, for the platform by an
    operator.

    Args:
        body (CouponIn): A coupon to give. Amounts in minor units, rates in basis points; instants
            need a zone.

            ``off`` is the amount it takes off, or the most where ``off_bps`` is a rate.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CouponOut
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

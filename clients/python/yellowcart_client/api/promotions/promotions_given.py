from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.coupon_out import CouponOut
from ...models.promotions_given_bearer import PromotionsGivenBearer
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    bearer: PromotionsGivenBearer,
    shop_id: None | Unset | UUID = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_bearer = bearer.value
    params["bearer"] = json_bearer

    json_shop_id: str | Unset | None
    if isinstance(shop_id, Unset):
        json_shop_id = UNSET
    elif isinstance(shop_id, UUID):
        json_shop_id = str(shop_id)
    else:
        json_shop_id = shop_id
    params["shop_id"] = json_shop_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/promotions/coupons",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> list[CouponOut] | None:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = CouponOut.from_dict(response_200_item_data)

            response_200.append(response_200_item)

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[list[CouponOut]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    bearer: PromotionsGivenBearer,
    shop_id: None | Unset | UUID = UNSET,
) -> Response[list[CouponOut]]:
    """The coupons one gives

     A shop's for its people, one's own for a creator, the platform's for operators; at most 200,
    the newest first.

    Args:
        bearer (PromotionsGivenBearer):
        shop_id (None | Unset | UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[list[CouponOut]]
    """

    kwargs = _get_kwargs(
        bearer=bearer,
        shop_id=shop_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    bearer: PromotionsGivenBearer,
    shop_id: None | Unset | UUID = UNSET,
) -> list[CouponOut] | None:
    """The coupons one gives

     A shop's for its people, one's own for a creator, the platform's for operators; at most 200,
    the newest first.

    Args:
        bearer (PromotionsGivenBearer):
        shop_id (None | Unset | UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        list[CouponOut]
    """

    return sync_detailed(
        client=client,
        bearer=bearer,
        shop_id=shop_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    bearer: PromotionsGivenBearer,
    shop_id: None | Unset | UUID = UNSET,
) -> Response[list[CouponOut]]:
    """The coupons one gives

     A shop's for its people, one's own for a creator, the platform's for operators; at most 200,
    the newest first.

    Args:
        bearer (PromotionsGivenBearer):
        shop_id (None | Unset | UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[list[CouponOut]]
    """

    kwargs = _get_kwargs(
        bearer=bearer,
        shop_id=shop_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    bearer: PromotionsGivenBearer,
    shop_id: None | Unset | UUID = UNSET,
) -> list[CouponOut] | None:
    """The coupons one gives

     A shop's for its people, one's own for a creator, the platform's for operators; at most 200,
    the newest first.

    Args:
        bearer (PromotionsGivenBearer):
        shop_id (None | Unset | UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        list[CouponOut]
    """

    return (
        await asyncio_detailed(
            client=client,
            bearer=bearer,
            shop_id=shop_id,
        )
    ).parsed

from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.overview_out import OverviewOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    party: str | Unset = "me",
    currency: str | Unset = "CNY",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["party"] = party

    params["currency"] = currency

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/settlement/overview",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> OverviewOut | None:
    if response.status_code == 200:
        response_200 = OverviewOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[OverviewOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    party: str | Unset = "me",
    currency: str | Unset = "CNY",
) -> Response[OverviewOut]:
    """What a party has now

     Held, payable, owed, under way, and the deposit.

    Args:
        party (str | Unset): Whose money: me, shop:…, creator:…, mcn:…, platform Default: 'me'.
        currency (str | Unset):  Default: 'CNY'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OverviewOut]
    """

    kwargs = _get_kwargs(
        party=party,
        currency=currency,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    party: str | Unset = "me",
    currency: str | Unset = "CNY",
) -> OverviewOut | None:
    """What a party has now

     Held, payable, owed, under way, and the deposit.

    Args:
        party (str | Unset): Whose money: me, shop:…, creator:…, mcn:…, platform Default: 'me'.
        currency (str | Unset):  Default: 'CNY'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OverviewOut
    """

    return sync_detailed(
        client=client,
        party=party,
        currency=currency,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    party: str | Unset = "me",
    currency: str | Unset = "CNY",
) -> Response[OverviewOut]:
    """What a party has now

     Held, payable, owed, under way, and the deposit.

    Args:
        party (str | Unset): Whose money: me, shop:…, creator:…, mcn:…, platform Default: 'me'.
        currency (str | Unset):  Default: 'CNY'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[OverviewOut]
    """

    kwargs = _get_kwargs(
        party=party,
        currency=currency,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    party: str | Unset = "me",
    currency: str | Unset = "CNY",
) -> OverviewOut | None:
    """What a party has now

     Held, payable, owed, under way, and the deposit.

    Args:
        party (str | Unset): Whose money: me, shop:…, creator:…, mcn:…, platform Default: 'me'.
        currency (str | Unset):  Default: 'CNY'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        OverviewOut
    """

    return (
        await asyncio_detailed(
            client=client,
            party=party,
            currency=currency,
        )
    ).parsed

from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.contract_out import ContractOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    party: str | Unset = "me",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["party"] = party

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/settlement/contracts",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> list[ContractOut] | None:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = ContractOut.from_dict(response_200_item_data)

            response_200.append(response_200_item)

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[list[ContractOut]]:
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
) -> Response[list[ContractOut]]:
    """Contracts of a party

     What a party pays and is paid by contract, as it stands.

    Args:
        party (str | Unset): Whose money: me, shop:…, creator:…, mcn:…, platform Default: 'me'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[list[ContractOut]]
    """

    kwargs = _get_kwargs(
        party=party,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    party: str | Unset = "me",
) -> list[ContractOut] | None:
    """Contracts of a party

     What a party pays and is paid by contract, as it stands.

    Args:
        party (str | Unset): Whose money: me, shop:…, creator:…, mcn:…, platform Default: 'me'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        list[ContractOut]
    """

    return sync_detailed(
        client=client,
        party=party,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    party: str | Unset = "me",
) -> Response[list[ContractOut]]:
    """Contracts of a party

     What a party pays and is paid by contract, as it stands.

    Args:
        party (str | Unset): Whose money: me, shop:…, creator:…, mcn:…, platform Default: 'me'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[list[ContractOut]]
    """

    kwargs = _get_kwargs(
        party=party,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    party: str | Unset = "me",
) -> list[ContractOut] | None:
    """Contracts of a party

     What a party pays and is paid by contract, as it stands.

    Args:
        party (str | Unset): Whose money: me, shop:…, creator:…, mcn:…, platform Default: 'me'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        list[ContractOut]
    """

    return (
        await asyncio_detailed(
            client=client,
            party=party,
        )
    ).parsed

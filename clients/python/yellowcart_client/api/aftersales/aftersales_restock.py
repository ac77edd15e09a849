from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.aftersales_whole_out import AftersalesWholeOut
from ...models.restock_in import RestockIn
from ...types import Response


def _get_kwargs(
    case_id: UUID,
    *,
    body: RestockIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/aftersales/{case_id}/restock".format(
            case_id=quote(str(case_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AftersalesWholeOut | None:
    if response.status_code == 200:
        response_200 = AftersalesWholeOut.from_dict(response.json())

        return response_200

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
    case_id: UUID,
    *,
    client: AuthenticatedClient,
    body: RestockIn,
) -> Response[AftersalesWholeOut]:
    """Back on shelves

     What came back goes onto the shelves.

    Args:
        case_id (UUID):
        body (RestockIn): How many pieces of which line go onto the shelves; all where it is
            missing.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AftersalesWholeOut]
    """

    kwargs = _get_kwargs(
        case_id=case_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    case_id: UUID,
    *,
    client: AuthenticatedClient,
    body: RestockIn,
) -> AftersalesWholeOut | None:
    """Back on shelves

     What came back goes onto the shelves.

    Args:
        case_id (UUID):
        body (RestockIn): How many pieces of which line go onto the shelves; all where it is
            missing.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AftersalesWholeOut
    """

    return sync_detailed(
        case_id=case_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    case_id: UUID,
    *,
    client: AuthenticatedClient,
    body: RestockIn,
) -> Response[AftersalesWholeOut]:
    """Back on shelves

     What came back goes onto the shelves.

    Args:
        case_id (UUID):
        body (RestockIn): How many pieces of which line go onto the shelves; all where it is
            missing.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AftersalesWholeOut]
    """

    kwargs = _get_kwargs(
        case_id=case_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    case_id: UUID,
    *,
    client: AuthenticatedClient,
    body: RestockIn,
) -> AftersalesWholeOut | None:
    """Back on shelves

     What came back goes onto the shelves.

    Args:
        case_id (UUID):
        body (RestockIn): How many pieces of which line go onto the shelves; all where it is
            missing.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AftersalesWholeOut
    """

    return (
        await asyncio_detailed(
            case_id=case_id,
            client=client,
            body=body,
        )
    ).parsed

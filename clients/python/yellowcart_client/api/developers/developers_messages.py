from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.developers_log_out import DevelopersLogOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    webhook_id: UUID,
    *,
    application: int | None | Unset = UNSET,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 50,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_application: int | Unset | None
    if isinstance(application, Unset):
        json_application = UNSET
    else:
        json_application = application
    params["application"] = json_application

    params["state"] = state

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/webhooks/{webhook_id}/messages".format(
            webhook_id=quote(str(webhook_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DevelopersLogOut | None:
    if response.status_code == 200:
        response_200 = DevelopersLogOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[DevelopersLogOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 50,
) -> Response[DevelopersLogOut]:
    """What was sent

     The log, newest first; ``state``: waiting, delivered or failed.

    Args:
        webhook_id (UUID):
        application (int | None | Unset):
        state (str | Unset):  Default: ''.
        cursor (str | Unset):  Default: ''.
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DevelopersLogOut]
    """

    kwargs = _get_kwargs(
        webhook_id=webhook_id,
        application=application,
        state=state,
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 50,
) -> DevelopersLogOut | None:
    """What was sent

     The log, newest first; ``state``: waiting, delivered or failed.

    Args:
        webhook_id (UUID):
        application (int | None | Unset):
        state (str | Unset):  Default: ''.
        cursor (str | Unset):  Default: ''.
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DevelopersLogOut
    """

    return sync_detailed(
        webhook_id=webhook_id,
        client=client,
        application=application,
        state=state,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 50,
) -> Response[DevelopersLogOut]:
    """What was sent

     The log, newest first; ``state``: waiting, delivered or failed.

    Args:
        webhook_id (UUID):
        application (int | None | Unset):
        state (str | Unset):  Default: ''.
        cursor (str | Unset):  Default: ''.
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DevelopersLogOut]
    """

    kwargs = _get_kwargs(
        webhook_id=webhook_id,
        application=application,
        state=state,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
    state: str | Unset = "",
    cursor: str | Unset = "",
    limit: int | Unset = 50,
) -> DevelopersLogOut | None:
    """What was sent

     The log, newest first; ``state``: waiting, delivered or failed.

    Args:
        webhook_id (UUID):
        application (int | None | Unset):
        state (str | Unset):  Default: ''.
        cursor (str | Unset):  Default: ''.
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DevelopersLogOut
    """

    return (
        await asyncio_detailed(
            webhook_id=webhook_id,
            client=client,
            application=application,
            state=state,
            cursor=cursor,
            limit=limit,
        )
    ).parsed

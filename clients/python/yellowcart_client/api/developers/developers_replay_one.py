from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.developers_sent_out import DevelopersSentOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    webhook_id: UUID,
    message_id: UUID,
    *,
    application: int | None | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_application: int | Unset | None
    if isinstance(application, Unset):
        json_application = UNSET
    else:
        json_application = application
    params["application"] = json_application

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/webhooks/{webhook_id}/messages/{message_id}/replay".format(
            webhook_id=quote(str(webhook_id), safe=""),
            message_id=quote(str(message_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DevelopersSentOut | None:
    if response.status_code == 202:
        response_202 = DevelopersSentOut.from_dict(response.json())

        return response_202

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[DevelopersSentOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    webhook_id: UUID,
    message_id: UUID,
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
) -> Response[DevelopersSentOut]:
    """Send a message again

     The same message, with the same id.

    Args:
        webhook_id (UUID):
        message_id (UUID):
        application (int | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DevelopersSentOut]
    """

    kwargs = _get_kwargs(
        webhook_id=webhook_id,
        message_id=message_id,
        application=application,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    webhook_id: UUID,
    message_id: UUID,
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
) -> DevelopersSentOut | None:
    """Send a message again

     The same message, with the same id.

    Args:
        webhook_id (UUID):
        message_id (UUID):
        application (int | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DevelopersSentOut
    """

    return sync_detailed(
        webhook_id=webhook_id,
        message_id=message_id,
        client=client,
        application=application,
    ).parsed


async def asyncio_detailed(
    webhook_id: UUID,
    message_id: UUID,
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
) -> Response[DevelopersSentOut]:
    """Send a message again

     The same message, with the same id.

    Args:
        webhook_id (UUID):
        message_id (UUID):
        application (int | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DevelopersSentOut]
    """

    kwargs = _get_kwargs(
        webhook_id=webhook_id,
        message_id=message_id,
        application=application,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    webhook_id: UUID,
    message_id: UUID,
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
) -> DevelopersSentOut | None:
    """Send a message again

     The same message, with the same id.

    Args:
        webhook_id (UUID):
        message_id (UUID):
        application (int | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DevelopersSentOut
    """

    return (
        await asyncio_detailed(
            webhook_id=webhook_id,
            message_id=message_id,
            client=client,
            application=application,
        )
    ).parsed

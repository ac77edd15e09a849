from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.developers_sent_out import DevelopersSentOut
from ...models.span_in import SpanIn
from ...types import UNSET, Response, Unset


def _get_kwargs(
    webhook_id: UUID,
    *,
    body: SpanIn,
    application: int | None | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

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
        "url": "/api/v1/webhooks/{webhook_id}/replay".format(
            webhook_id=quote(str(webhook_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
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
    *,
    client: AuthenticatedClient,
    body: SpanIn,
    application: int | None | Unset = UNSET,
) -> Response[DevelopersSentOut]:
    """Send a span of messages again

     The messages that came up in ``[since, until)``, with their ids; 10,000 at most.

    Args:
        webhook_id (UUID):
        application (int | None | Unset):
        body (SpanIn): The messages that came up in ``[since, until)``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DevelopersSentOut]
    """

    kwargs = _get_kwargs(
        webhook_id=webhook_id,
        body=body,
        application=application,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SpanIn,
    application: int | None | Unset = UNSET,
) -> DevelopersSentOut | None:
    """Send a span of messages again

     The messages that came up in ``[since, until)``, with their ids; 10,000 at most.

    Args:
        webhook_id (UUID):
        application (int | None | Unset):
        body (SpanIn): The messages that came up in ``[since, until)``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DevelopersSentOut
    """

    return sync_detailed(
        webhook_id=webhook_id,
        client=client,
        body=body,
        application=application,
    ).parsed


async def asyncio_detailed(
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SpanIn,
    application: int | None | Unset = UNSET,
) -> Response[DevelopersSentOut]:
    """Send a span of messages again

     The messages that came up in ``[since, until)``, with their ids; 10,000 at most.

    Args:
        webhook_id (UUID):
        application (int | None | Unset):
        body (SpanIn): The messages that came up in ``[since, until)``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DevelopersSentOut]
    """

    kwargs = _get_kwargs(
        webhook_id=webhook_id,
        body=body,
        application=application,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    webhook_id: UUID,
    *,
    client: AuthenticatedClient,
    body: SpanIn,
    application: int | None | Unset = UNSET,
) -> DevelopersSentOut | None:
    """Send a span of messages again

     The messages that came up in ``[since, until)``, with their ids; 10,000 at most.

    Args:
        webhook_id (UUID):
        application (int | None | Unset):
        body (SpanIn): The messages that came up in ``[since, until)``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DevelopersSentOut
    """

    return (
        await asyncio_detailed(
            webhook_id=webhook_id,
            client=client,
            body=body,
            application=application,
        )
    ).parsed

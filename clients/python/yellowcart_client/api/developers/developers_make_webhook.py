from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.secret_out import SecretOut
from ...models.webhook_in import WebhookIn
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: WebhookIn,
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
        "url": "/api/v1/webhooks",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> SecretOut | None:
    if response.status_code == 201:
        response_201 = SecretOut.from_dict(response.json())

        return response_201

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[SecretOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: WebhookIn,
    application: int | None | Unset = UNSET,
) -> Response[SecretOut]:
    """Make a webhook

     Hear of events within the token's reach, or the application's own. The secret comes once.

    Args:
        application (int | None | Unset):
        body (WebhookIn): Where to, and of what.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SecretOut]
    """

    kwargs = _get_kwargs(
        body=body,
        application=application,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: WebhookIn,
    application: int | None | Unset = UNSET,
) -> SecretOut | None:
    """Make a webhook

     Hear of events within the token's reach, or the application's own. The secret comes once.

    Args:
        application (int | None | Unset):
        body (WebhookIn): Where to, and of what.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SecretOut
    """

    return sync_detailed(
        client=client,
        body=body,
        application=application,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: WebhookIn,
    application: int | None | Unset = UNSET,
) -> Response[SecretOut]:
    """Make a webhook

     Hear of events within the token's reach, or the application's own. The secret comes once.

    Args:
        application (int | None | Unset):
        body (WebhookIn): Where to, and of what.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[SecretOut]
    """

    kwargs = _get_kwargs(
        body=body,
        application=application,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: WebhookIn,
    application: int | None | Unset = UNSET,
) -> SecretOut | None:
    """Make a webhook

     Hear of events within the token's reach, or the application's own. The secret comes once.

    Args:
        application (int | None | Unset):
        body (WebhookIn): Where to, and of what.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        SecretOut
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            application=application,
        )
    ).parsed

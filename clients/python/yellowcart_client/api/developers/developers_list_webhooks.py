from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.webhooks_out import WebhooksOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
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
        "method": "get",
        "url": "/api/v1/webhooks",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> WebhooksOut | None:
    if response.status_code == 200:
        response_200 = WebhooksOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[WebhooksOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
) -> Response[WebhooksOut]:
    """Webhooks

     The application's webhooks. With a session, ``application`` names one of one's own.

    Args:
        application (int | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[WebhooksOut]
    """

    kwargs = _get_kwargs(
        application=application,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
) -> WebhooksOut | None:
    """Webhooks

     The application's webhooks. With a session, ``application`` names one of one's own.

    Args:
        application (int | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        WebhooksOut
    """

    return sync_detailed(
        client=client,
        application=application,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
) -> Response[WebhooksOut]:
    """Webhooks

     The application's webhooks. With a session, ``application`` names one of one's own.

    Args:
        application (int | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[WebhooksOut]
    """

    kwargs = _get_kwargs(
        application=application,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    application: int | None | Unset = UNSET,
) -> WebhooksOut | None:
    """Webhooks

     The application's webhooks. With a session, ``application`` names one of one's own.

    Args:
        application (int | None | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        WebhooksOut
    """

    return (
        await asyncio_detailed(
            client=client,
            application=application,
        )
    ).parsed

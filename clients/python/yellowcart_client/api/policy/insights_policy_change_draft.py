from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.draft_in import DraftIn
from ...models.draft_out import DraftOut
from ...types import Response


def _get_kwargs(
    draft_id: UUID,
    *,
    body: DraftIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/api/v1/policy/drafts/{draft_id}".format(
            draft_id=quote(str(draft_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DraftOut | None:
    if response.status_code == 200:
        response_200 = DraftOut.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[DraftOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    draft_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DraftIn,
) -> Response[DraftOut]:
    """Change Draft

     Change a draft; it has to be rehearsed again.

    Args:
        draft_id (UUID):
        body (DraftIn): A draft; ``body`` has the keys of a rule pack's ``[[rule]]``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DraftOut]
    """

    kwargs = _get_kwargs(
        draft_id=draft_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    draft_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DraftIn,
) -> DraftOut | None:
    """Change Draft

     Change a draft; it has to be rehearsed again.

    Args:
        draft_id (UUID):
        body (DraftIn): A draft; ``body`` has the keys of a rule pack's ``[[rule]]``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DraftOut
    """

    return sync_detailed(
        draft_id=draft_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    draft_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DraftIn,
) -> Response[DraftOut]:
    """Change Draft

     Change a draft; it has to be rehearsed again.

    Args:
        draft_id (UUID):
        body (DraftIn): A draft; ``body`` has the keys of a rule pack's ``[[rule]]``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DraftOut]
    """

    kwargs = _get_kwargs(
        draft_id=draft_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    draft_id: UUID,
    *,
    client: AuthenticatedClient,
    body: DraftIn,
) -> DraftOut | None:
    """Change Draft

     Change a draft; it has to be rehearsed again.

    Args:
        draft_id (UUID):
        body (DraftIn): A draft; ``body`` has the keys of a rule pack's ``[[rule]]``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DraftOut
    """

    return (
        await asyncio_detailed(
            draft_id=draft_id,
            client=client,
            body=body,
        )
    ).parsed

from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.rule_out import RuleOut
from ...types import Response


def _get_kwargs(
    draft_id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/policy/drafts/{draft_id}/announce".format(
            draft_id=quote(str(draft_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> RuleOut | None:
    if response.status_code == 201:
        response_201 = RuleOut.from_dict(response.json())

        return response_201

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[RuleOut]:
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
) -> Response[RuleOut]:
    """Announce

     Make a draft a rule; everybody it hits is told.

    Args:
        draft_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[RuleOut]
    """

    kwargs = _get_kwargs(
        draft_id=draft_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    draft_id: UUID,
    *,
    client: AuthenticatedClient,
) -> RuleOut | None:
    """Announce

     Make a draft a rule; everybody it hits is told.

    Args:
        draft_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        RuleOut
    """

    return sync_detailed(
        draft_id=draft_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    draft_id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[RuleOut]:
    """Announce

     Make a draft a rule; everybody it hits is told.

    Args:
        draft_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[RuleOut]
    """

    kwargs = _get_kwargs(
        draft_id=draft_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    draft_id: UUID,
    *,
    client: AuthenticatedClient,
) -> RuleOut | None:
    """Announce

     Make a draft a rule; everybody it hits is told.

    Args:
        draft_id (UUID):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        RuleOut
    """

    return (
        await asyncio_detailed(
            draft_id=draft_id,
            client=client,
        )
    ).parsed

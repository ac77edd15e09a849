from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.insights_room_definition import InsightsRoomDefinition
from ...types import UNSET, Response, Unset


def _get_kwargs(
    room_id: UUID,
    *,
    definition: InsightsRoomDefinition | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_definition: dict[str, Any] | Unset = UNSET
    if not isinstance(definition, Unset):
        json_definition = definition.to_dict()
    if not isinstance(json_definition, Unset):
        params.update(json_definition)

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/insights/rooms/{room_id}".format(
            room_id=quote(str(room_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | None:
    if response.status_code == 200:
        return None

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    room_id: UUID,
    *,
    client: AuthenticatedClient,
    definition: InsightsRoomDefinition | Unset = UNSET,
) -> Response[Any]:
    """What one room sold, and what left it

     A room's figures by loop, for its creator and the operators.

    Args:
        room_id (UUID):
        definition (InsightsRoomDefinition | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any]
    """

    kwargs = _get_kwargs(
        room_id=room_id,
        definition=definition,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


async def asyncio_detailed(
    room_id: UUID,
    *,
    client: AuthenticatedClient,
    definition: InsightsRoomDefinition | Unset = UNSET,
) -> Response[Any]:
    """What one room sold, and what left it

     A room's figures by loop, for its creator and the operators.

    Args:
        room_id (UUID):
        definition (InsightsRoomDefinition | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any]
    """

    kwargs = _get_kwargs(
        room_id=room_id,
        definition=definition,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)

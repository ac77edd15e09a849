from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.insights_gmv_definition import InsightsGmvDefinition
from ...models.insights_gmv_format import InsightsGmvFormat
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    definition: InsightsGmvDefinition | Unset = UNSET,
    from_: str | Unset = "",
    to: str | Unset = "",
    by: str | Unset = "loop",
    around: str | Unset = "",
    within: str | Unset = "",
    shop: str | Unset = "",
    source: str | Unset = "",
    surface: str | Unset = "",
    format_: InsightsGmvFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_definition: dict[str, Any] | Unset = UNSET
    if not isinstance(definition, Unset):
        json_definition = definition.to_dict()
    if not isinstance(json_definition, Unset):
        params.update(json_definition)

    params["from"] = from_

    params["to"] = to

    params["by"] = by

    params["around"] = around

    params["within"] = within

    params["shop"] = shop

    params["source"] = source

    params["surface"] = surface

    json_format_: dict[str, Any] | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.to_dict()
    if not isinstance(json_format_, Unset):
        params.update(json_format_)

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/insights/gmv",
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
    *,
    client: AuthenticatedClient,
    definition: InsightsGmvDefinition | Unset = UNSET,
    from_: str | Unset = "",
    to: str | Unset = "",
    by: str | Unset = "loop",
    around: str | Unset = "",
    within: str | Unset = "",
    shop: str | Unset = "",
    source: str | Unset = "",
    surface: str | Unset = "",
    format_: InsightsGmvFormat | Unset = UNSET,
) -> Response[Any]:
    """GMV by source, surface, loop and time

     Figures with their definition. Operators see all shops, a shop's members their own.

    Each row has its currency; amounts of different currencies are never added. With ``around``
    the CSV holds the comparison.

    Args:
        definition (InsightsGmvDefinition | Unset):
        from_ (str | Unset): An instant; 30 days ago if not given Default: ''.
        to (str | Unset): An instant; now if not given Default: ''.
        by (str | Unset): Dimensions, comma-separated: source, integration, surface, loop, day,
            hour, minute Default: 'loop'.
        around (str | Unset): A rule's key or an instant to compare around Default: ''.
        within (str | Unset): How far to compare: 90m, 24h, 7d Default: ''.
        shop (str | Unset): A shop's id or handle Default: ''.
        source (str | Unset):  Default: ''.
        surface (str | Unset):  Default: ''.
        format_ (InsightsGmvFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any]
    """

    kwargs = _get_kwargs(
        definition=definition,
        from_=from_,
        to=to,
        by=by,
        around=around,
        within=within,
        shop=shop,
        source=source,
        surface=surface,
        format_=format_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    definition: InsightsGmvDefinition | Unset = UNSET,
    from_: str | Unset = "",
    to: str | Unset = "",
    by: str | Unset = "loop",
    around: str | Unset = "",
    within: str | Unset = "",
    shop: str | Unset = "",
    source: str | Unset = "",
    surface: str | Unset = "",
    format_: InsightsGmvFormat | Unset = UNSET,
) -> Response[Any]:
    """GMV by source, surface, loop and time

     Figures with their definition. Operators see all shops, a shop's members their own.

    Each row has its currency; amounts of different currencies are never added. With ``around``
    the CSV holds the comparison.

    Args:
        definition (InsightsGmvDefinition | Unset):
        from_ (str | Unset): An instant; 30 days ago if not given Default: ''.
        to (str | Unset): An instant; now if not given Default: ''.
        by (str | Unset): Dimensions, comma-separated: source, integration, surface, loop, day,
            hour, minute Default: 'loop'.
        around (str | Unset): A rule's key or an instant to compare around Default: ''.
        within (str | Unset): How far to compare: 90m, 24h, 7d Default: ''.
        shop (str | Unset): A shop's id or handle Default: ''.
        source (str | Unset):  Default: ''.
        surface (str | Unset):  Default: ''.
        format_ (InsightsGmvFormat | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any]
    """

    kwargs = _get_kwargs(
        definition=definition,
        from_=from_,
        to=to,
        by=by,
        around=around,
        within=within,
        shop=shop,
        source=source,
        surface=surface,
        format_=format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)

from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.draft_in import DraftIn
from ...models.insights_policy_rehearse_rule_response import InsightsPolicyRehearseRuleResponse
from ...types import Response


def _get_kwargs(
    *,
    body: DraftIn,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/policy/rehearse",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> InsightsPolicyRehearseRuleResponse | None:
    if response.status_code == 200:
        response_200 = InsightsPolicyRehearseRuleResponse.from_dict(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[InsightsPolicyRehearseRuleResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: DraftIn,
) -> Response[InsightsPolicyRehearseRuleResponse]:
    """Rehearse Rule

     Find what a rule would hit without keeping anything.

    Args:
        body (DraftIn): A draft; ``body`` has the keys of a rule pack's ``[[rule]]``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[InsightsPolicyRehearseRuleResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: DraftIn,
) -> InsightsPolicyRehearseRuleResponse | None:
    """Rehearse Rule

     Find what a rule would hit without keeping anything.

    Args:
        body (DraftIn): A draft; ``body`` has the keys of a rule pack's ``[[rule]]``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        InsightsPolicyRehearseRuleResponse
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: DraftIn,
) -> Response[InsightsPolicyRehearseRuleResponse]:
    """Rehearse Rule

     Find what a rule would hit without keeping anything.

    Args:
        body (DraftIn): A draft; ``body`` has the keys of a rule pack's ``[[rule]]``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[InsightsPolicyRehearseRuleResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: DraftIn,
) -> InsightsPolicyRehearseRuleResponse | None:
    """Rehearse Rule

     Find what a rule would hit without keeping anything.

    Args:
        body (DraftIn): A draft; ``body`` has the keys of a rule pack's ``[[rule]]``.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        InsightsPolicyRehearseRuleResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

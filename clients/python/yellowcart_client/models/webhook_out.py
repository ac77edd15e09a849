from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WebhookOut")


@_attrs_define
class WebhookOut:
    """A webhook. ``state``: on, off, or disabled after days without a good answer.

    Attributes:
        webhook_id (UUID):
        url (str):
        events (list[str]):
        shop_id (None | UUID):
        installation (bool):
        state (str):
        failing_since (datetime.datetime | None):
        both_secrets_until (datetime.datetime | None):
        created_at (datetime.datetime):
    """

    webhook_id: UUID
    url: str
    events: list[str]
    shop_id: UUID | None
    installation: bool
    state: str
    failing_since: datetime.datetime | None
    both_secrets_until: datetime.datetime | None
    created_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        webhook_id = str(self.webhook_id)

        url = self.url

        events = self.events

        shop_id: str | None
        if isinstance(self.shop_id, UUID):
            shop_id = str(self.shop_id)
        else:
            shop_id = self.shop_id

        installation = self.installation

        state = self.state

        failing_since: str | None
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        both_secrets_until: str | None
        if isinstance(self.both_secrets_until, datetime.datetime):
            both_secrets_until = self.both_secrets_until.isoformat()
        else:
            both_secrets_until = self.both_secrets_until

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "webhook_id": webhook_id,
                "url": url,
                "events": events,
                "shop_id": shop_id,
                "installation": installation,
                "state": state,
                "failing_since": failing_since,
                "both_secrets_until": both_secrets_until,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        webhook_id = UUID(d.pop("webhook_id"))

        url = d.pop("url")

        events = cast("list[str]", d.pop("events"))

        def _parse_shop_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                shop_id_type_0 = UUID(data)

                return shop_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        shop_id = _parse_shop_id(d.pop("shop_id"))

        installation = d.pop("installation")

        state = d.pop("state")

        def _parse_failing_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        def _parse_both_secrets_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                both_secrets_until_type_0 = datetime.datetime.fromisoformat(data)

                return both_secrets_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        both_secrets_until = _parse_both_secrets_until(d.pop("both_secrets_until"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        webhook_out = cls(
            webhook_id=webhook_id,
            url=url,
            events=events,
            shop_id=shop_id,
            installation=installation,
            state=state,
            failing_since=failing_since,
            both_secrets_until=both_secrets_until,
            created_at=created_at,
        )

        webhook_out.additional_properties = d
        return webhook_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.try_out import TryOut


T = TypeVar("T", bound="MessageOut")


@_attrs_define
class MessageOut:
    """One message; ``body`` is what was sent and signed. ``next_at`` where it still waits.

    Attributes:
        message_id (UUID):
        type_ (str):
        state (str):
        tries (int):
        next_at (datetime.datetime | None):
        created_at (datetime.datetime):
        body (str):
        attempts (list[TryOut]):
    """

    message_id: UUID
    type_: str
    state: str
    tries: int
    next_at: datetime.datetime | None
    created_at: datetime.datetime
    body: str
    attempts: list[TryOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        message_id = str(self.message_id)

        type_ = self.type_

        state = self.state

        tries = self.tries

        next_at: str | None
        if isinstance(self.next_at, datetime.datetime):
            next_at = self.next_at.isoformat()
        else:
            next_at = self.next_at

        created_at = self.created_at.isoformat()

        body = self.body

        attempts = []
        for attempts_item_data in self.attempts:
            attempts_item = attempts_item_data.to_dict()
            attempts.append(attempts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "message_id": message_id,
                "type": type_,
                "state": state,
                "tries": tries,
                "next_at": next_at,
                "created_at": created_at,
                "body": body,
                "attempts": attempts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.try_out import TryOut

        d = dict(src_dict)
        message_id = UUID(d.pop("message_id"))

        type_ = d.pop("type")

        state = d.pop("state")

        tries = d.pop("tries")

        def _parse_next_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        next_at = _parse_next_at(d.pop("next_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        body = d.pop("body")

        attempts = []
        _attempts = d.pop("attempts")
        for attempts_item_data in _attempts:
            attempts_item = TryOut.from_dict(attempts_item_data)

            attempts.append(attempts_item)

        message_out = cls(
            message_id=message_id,
            type_=type_,
            state=state,
            tries=tries,
            next_at=next_at,
            created_at=created_at,
            body=body,
            attempts=attempts,
        )

        message_out.additional_properties = d
        return message_out

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

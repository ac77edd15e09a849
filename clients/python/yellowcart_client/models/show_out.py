from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ShowOut")


@_attrs_define
class ShowOut:
    """A show to come.

    Attributes:
        room_id (UUID):
        scheduled_at (datetime.datetime):
        postponed (int):
    """

    room_id: UUID
    scheduled_at: datetime.datetime
    postponed: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        room_id = str(self.room_id)

        scheduled_at = self.scheduled_at.isoformat()

        postponed = self.postponed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "room_id": room_id,
                "scheduled_at": scheduled_at,
                "postponed": postponed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        room_id = UUID(d.pop("room_id"))

        scheduled_at = datetime.datetime.fromisoformat(d.pop("scheduled_at"))

        postponed = d.pop("postponed")

        show_out = cls(
            room_id=room_id,
            scheduled_at=scheduled_at,
            postponed=postponed,
        )

        show_out.additional_properties = d
        return show_out

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

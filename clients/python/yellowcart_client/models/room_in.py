from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="RoomIn")


@_attrs_define
class RoomIn:
    """A show to come. ``scheduled_at`` needs a zone.

    Attributes:
        title (str):
        scheduled_at (datetime.datetime):
        cover_url (str | Unset):  Default: ''.
        practice (bool | Unset):  Default: False.
    """

    title: str
    scheduled_at: datetime.datetime
    cover_url: str | Unset = ""
    practice: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        scheduled_at = self.scheduled_at.isoformat()

        cover_url = self.cover_url

        practice = self.practice

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
                "scheduled_at": scheduled_at,
            }
        )
        if cover_url is not UNSET:
            field_dict["cover_url"] = cover_url
        if practice is not UNSET:
            field_dict["practice"] = practice

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        title = d.pop("title")

        scheduled_at = datetime.datetime.fromisoformat(d.pop("scheduled_at"))

        cover_url = d.pop("cover_url", UNSET)

        practice = d.pop("practice", UNSET)

        room_in = cls(
            title=title,
            scheduled_at=scheduled_at,
            cover_url=cover_url,
            practice=practice,
        )

        room_in.additional_properties = d
        return room_in

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

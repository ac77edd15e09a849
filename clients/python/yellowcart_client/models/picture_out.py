from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.picture_out_party import PictureOutParty

T = TypeVar("T", bound="PictureOut")


@_attrs_define
class PictureOut:
    """A picture; its bytes are at ``/aftersales/{case_id}/pictures/{picture_id}``.

    Attributes:
        picture_id (UUID):
        party (PictureOutParty):
        content_type (str):
        size (int):
        added_at (datetime.datetime):
    """

    picture_id: UUID
    party: PictureOutParty
    content_type: str
    size: int
    added_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        picture_id = str(self.picture_id)

        party = self.party.value

        content_type = self.content_type

        size = self.size

        added_at = self.added_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "picture_id": picture_id,
                "party": party,
                "content_type": content_type,
                "size": size,
                "added_at": added_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        picture_id = UUID(d.pop("picture_id"))

        party = PictureOutParty(d.pop("party"))

        content_type = d.pop("content_type")

        size = d.pop("size")

        added_at = datetime.datetime.fromisoformat(d.pop("added_at"))

        picture_out = cls(
            picture_id=picture_id,
            party=party,
            content_type=content_type,
            size=size,
            added_at=added_at,
        )

        picture_out.additional_properties = d
        return picture_out

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

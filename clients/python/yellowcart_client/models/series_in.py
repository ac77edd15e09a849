from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SeriesIn")


@_attrs_define
class SeriesIn:
    """A show a week, ``weeks`` of them, from ``first_at`` on.

    Attributes:
        title (str):
        first_at (datetime.datetime):
        weeks (int):
        cover_url (str | Unset):  Default: ''.
    """

    title: str
    first_at: datetime.datetime
    weeks: int
    cover_url: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        first_at = self.first_at.isoformat()

        weeks = self.weeks

        cover_url = self.cover_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
                "first_at": first_at,
                "weeks": weeks,
            }
        )
        if cover_url is not UNSET:
            field_dict["cover_url"] = cover_url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        title = d.pop("title")

        first_at = datetime.datetime.fromisoformat(d.pop("first_at"))

        weeks = d.pop("weeks")

        cover_url = d.pop("cover_url", UNSET)

        series_in = cls(
            title=title,
            first_at=first_at,
            weeks=weeks,
            cover_url=cover_url,
        )

        series_in.additional_properties = d
        return series_in

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

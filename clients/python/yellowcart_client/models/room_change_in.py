from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="RoomChangeIn")


@_attrs_define
class RoomChangeIn:
    """What is left out stays.

    Attributes:
        title (None | str | Unset):
        cover_url (None | str | Unset):
        slow_mode_seconds (int | None | Unset):
        blocked_words (list[str] | None | Unset):
    """

    title: str | Unset | None = UNSET
    cover_url: str | Unset | None = UNSET
    slow_mode_seconds: int | Unset | None = UNSET
    blocked_words: list[str] | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title: str | Unset | None
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        cover_url: str | Unset | None
        if isinstance(self.cover_url, Unset):
            cover_url = UNSET
        else:
            cover_url = self.cover_url

        slow_mode_seconds: int | Unset | None
        if isinstance(self.slow_mode_seconds, Unset):
            slow_mode_seconds = UNSET
        else:
            slow_mode_seconds = self.slow_mode_seconds

        blocked_words: list[str] | Unset | None
        if isinstance(self.blocked_words, Unset):
            blocked_words = UNSET
        elif isinstance(self.blocked_words, list):
            blocked_words = self.blocked_words

        else:
            blocked_words = self.blocked_words

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if title is not UNSET:
            field_dict["title"] = title
        if cover_url is not UNSET:
            field_dict["cover_url"] = cover_url
        if slow_mode_seconds is not UNSET:
            field_dict["slow_mode_seconds"] = slow_mode_seconds
        if blocked_words is not UNSET:
            field_dict["blocked_words"] = blocked_words

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_title(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        title = _parse_title(d.pop("title", UNSET))

        def _parse_cover_url(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        cover_url = _parse_cover_url(d.pop("cover_url", UNSET))

        def _parse_slow_mode_seconds(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        slow_mode_seconds = _parse_slow_mode_seconds(d.pop("slow_mode_seconds", UNSET))

        def _parse_blocked_words(data: object) -> list[str] | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                blocked_words_type_0 = cast("list[str]", data)

                return blocked_words_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[str] | None | Unset", data)

        blocked_words = _parse_blocked_words(d.pop("blocked_words", UNSET))

        room_change_in = cls(
            title=title,
            cover_url=cover_url,
            slow_mode_seconds=slow_mode_seconds,
            blocked_words=blocked_words,
        )

        room_change_in.additional_properties = d
        return room_change_in

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="StepIn")


@_attrs_define
class StepIn:
    """One step; ``id`` of one that is there keeps it, a new one has none.

    Attributes:
        id (None | Unset | UUID):
        listing_id (None | Unset | UUID):
        title (str | Unset):  Default: ''.
        notes (str | Unset):  Default: ''.
        minutes (int | Unset):  Default: 5.
        action (str | Unset):  Default: 'none'.
        seconds (int | None | Unset):
        percent (int | None | Unset):
    """

    id: Unset | UUID | None = UNSET
    listing_id: Unset | UUID | None = UNSET
    title: str | Unset = ""
    notes: str | Unset = ""
    minutes: int | Unset = 5
    action: str | Unset = "none"
    seconds: int | Unset | None = UNSET
    percent: int | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id: str | Unset | None
        if isinstance(self.id, Unset):
            id = UNSET
        elif isinstance(self.id, UUID):
            id = str(self.id)
        else:
            id = self.id

        listing_id: str | Unset | None
        if isinstance(self.listing_id, Unset):
            listing_id = UNSET
        elif isinstance(self.listing_id, UUID):
            listing_id = str(self.listing_id)
        else:
            listing_id = self.listing_id

        title = self.title

        notes = self.notes

        minutes = self.minutes

        action = self.action

        seconds: int | Unset | None
        if isinstance(self.seconds, Unset):
            seconds = UNSET
        else:
            seconds = self.seconds

        percent: int | Unset | None
        if isinstance(self.percent, Unset):
            percent = UNSET
        else:
            percent = self.percent

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if listing_id is not UNSET:
            field_dict["listing_id"] = listing_id
        if title is not UNSET:
            field_dict["title"] = title
        if notes is not UNSET:
            field_dict["notes"] = notes
        if minutes is not UNSET:
            field_dict["minutes"] = minutes
        if action is not UNSET:
            field_dict["action"] = action
        if seconds is not UNSET:
            field_dict["seconds"] = seconds
        if percent is not UNSET:
            field_dict["percent"] = percent

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_id(data: object) -> Unset | UUID | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                id_type_0 = UUID(data)

                return id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | Unset | UUID", data)

        id = _parse_id(d.pop("id", UNSET))

        def _parse_listing_id(data: object) -> Unset | UUID | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                listing_id_type_0 = UUID(data)

                return listing_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | Unset | UUID", data)

        listing_id = _parse_listing_id(d.pop("listing_id", UNSET))

        title = d.pop("title", UNSET)

        notes = d.pop("notes", UNSET)

        minutes = d.pop("minutes", UNSET)

        action = d.pop("action", UNSET)

        def _parse_seconds(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        seconds = _parse_seconds(d.pop("seconds", UNSET))

        def _parse_percent(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        percent = _parse_percent(d.pop("percent", UNSET))

        step_in = cls(
            id=id,
            listing_id=listing_id,
            title=title,
            notes=notes,
            minutes=minutes,
            action=action,
            seconds=seconds,
            percent=percent,
        )

        step_in.additional_properties = d
        return step_in

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

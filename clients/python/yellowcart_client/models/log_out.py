from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LogOut")


@_attrs_define
class LogOut:
    """One thing done to keep order. ``text`` is the message it was about.

    Attributes:
        at (datetime.datetime):
        by (None | str):
        role (str):
        verb (str):
        target_id (None | UUID):
        target (str):
        text (str):
        note (str):
    """

    at: datetime.datetime
    by: str | None
    role: str
    verb: str
    target_id: UUID | None
    target: str
    text: str
    note: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        by: str | None
        by = self.by

        role = self.role

        verb = self.verb

        target_id: str | None
        if isinstance(self.target_id, UUID):
            target_id = str(self.target_id)
        else:
            target_id = self.target_id

        target = self.target

        text = self.text

        note = self.note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "by": by,
                "role": role,
                "verb": verb,
                "target_id": target_id,
                "target": target,
                "text": text,
                "note": note,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        def _parse_by(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        by = _parse_by(d.pop("by"))

        role = d.pop("role")

        verb = d.pop("verb")

        def _parse_target_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                target_id_type_0 = UUID(data)

                return target_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        target_id = _parse_target_id(d.pop("target_id"))

        target = d.pop("target")

        text = d.pop("text")

        note = d.pop("note")

        log_out = cls(
            at=at,
            by=by,
            role=role,
            verb=verb,
            target_id=target_id,
            target=target,
            text=text,
            note=note,
        )

        log_out.additional_properties = d
        return log_out

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

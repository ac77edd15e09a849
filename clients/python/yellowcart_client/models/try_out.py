from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TryOut")


@_attrs_define
class TryOut:
    """One delivery: how long it took, and the answer's status (0: none came) and first words.

    Attributes:
        at (datetime.datetime):
        ms (int):
        status (int):
        answer (str):
    """

    at: datetime.datetime
    ms: int
    status: int
    answer: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        ms = self.ms

        status = self.status

        answer = self.answer

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "ms": ms,
                "status": status,
                "answer": answer,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        ms = d.pop("ms")

        status = d.pop("status")

        answer = d.pop("answer")

        try_out = cls(
            at=at,
            ms=ms,
            status=status,
            answer=answer,
        )

        try_out.additional_properties = d
        return try_out

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

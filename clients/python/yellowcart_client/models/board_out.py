from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BoardOut")


@_attrs_define
class BoardOut:
    """What waits in a shop, each counted up to a hundred.

    Attributes:
        to_ship (int):
        overdue (int):
        to_answer (int):
        to_receive (int):
        to_replace (int):
        before_platform (int):
    """

    to_ship: int
    overdue: int
    to_answer: int
    to_receive: int
    to_replace: int
    before_platform: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        to_ship = self.to_ship

        overdue = self.overdue

        to_answer = self.to_answer

        to_receive = self.to_receive

        to_replace = self.to_replace

        before_platform = self.before_platform

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "to_ship": to_ship,
                "overdue": overdue,
                "to_answer": to_answer,
                "to_receive": to_receive,
                "to_replace": to_replace,
                "before_platform": before_platform,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        to_ship = d.pop("to_ship")

        overdue = d.pop("overdue")

        to_answer = d.pop("to_answer")

        to_receive = d.pop("to_receive")

        to_replace = d.pop("to_replace")

        before_platform = d.pop("before_platform")

        board_out = cls(
            to_ship=to_ship,
            overdue=overdue,
            to_answer=to_answer,
            to_receive=to_receive,
            to_replace=to_replace,
            before_platform=before_platform,
        )

        board_out.additional_properties = d
        return board_out

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

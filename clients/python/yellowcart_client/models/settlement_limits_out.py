from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SettlementLimitsOut")


@_attrs_define
class SettlementLimitsOut:
    """Limits of withdrawals, and the hour before which one is sent the same day.

    Attributes:
        least (int):
        most (int):
        day_most (int):
        day_count (int):
        cutoff_hour (int):
    """

    least: int
    most: int
    day_most: int
    day_count: int
    cutoff_hour: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        least = self.least

        most = self.most

        day_most = self.day_most

        day_count = self.day_count

        cutoff_hour = self.cutoff_hour

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "least": least,
                "most": most,
                "day_most": day_most,
                "day_count": day_count,
                "cutoff_hour": cutoff_hour,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        least = d.pop("least")

        most = d.pop("most")

        day_most = d.pop("day_most")

        day_count = d.pop("day_count")

        cutoff_hour = d.pop("cutoff_hour")

        settlement_limits_out = cls(
            least=least,
            most=most,
            day_most=day_most,
            day_count=day_count,
            cutoff_hour=cutoff_hour,
        )

        settlement_limits_out.additional_properties = d
        return settlement_limits_out

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

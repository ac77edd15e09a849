from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CountdownIn")


@_attrs_define
class CountdownIn:
    """``seconds`` null: until the host links it up. Pages show no price where ``hide_price``.

    Attributes:
        seconds (int | None | Unset):
        hide_price (bool | Unset):  Default: False.
    """

    seconds: int | Unset | None = UNSET
    hide_price: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        seconds: int | Unset | None
        if isinstance(self.seconds, Unset):
            seconds = UNSET
        else:
            seconds = self.seconds

        hide_price = self.hide_price

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if seconds is not UNSET:
            field_dict["seconds"] = seconds
        if hide_price is not UNSET:
            field_dict["hide_price"] = hide_price

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_seconds(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        seconds = _parse_seconds(d.pop("seconds", UNSET))

        hide_price = d.pop("hide_price", UNSET)

        countdown_in = cls(
            seconds=seconds,
            hide_price=hide_price,
        )

        countdown_in.additional_properties = d
        return countdown_in

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

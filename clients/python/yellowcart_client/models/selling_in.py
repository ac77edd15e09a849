from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SellingIn")


@_attrs_define
class SellingIn:
    """How a room sells: ``hold`` or ``first_paid``; null for what the platform gives or allows.

    Attributes:
        reservation (str | Unset):  Default: 'hold'.
        hold_seconds (int | None | Unset):
        purchase_limit (int | None | Unset):
    """

    reservation: str | Unset = "hold"
    hold_seconds: int | Unset | None = UNSET
    purchase_limit: int | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reservation = self.reservation

        hold_seconds: int | Unset | None
        if isinstance(self.hold_seconds, Unset):
            hold_seconds = UNSET
        else:
            hold_seconds = self.hold_seconds

        purchase_limit: int | Unset | None
        if isinstance(self.purchase_limit, Unset):
            purchase_limit = UNSET
        else:
            purchase_limit = self.purchase_limit

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if reservation is not UNSET:
            field_dict["reservation"] = reservation
        if hold_seconds is not UNSET:
            field_dict["hold_seconds"] = hold_seconds
        if purchase_limit is not UNSET:
            field_dict["purchase_limit"] = purchase_limit

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reservation = d.pop("reservation", UNSET)

        def _parse_hold_seconds(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        hold_seconds = _parse_hold_seconds(d.pop("hold_seconds", UNSET))

        def _parse_purchase_limit(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        purchase_limit = _parse_purchase_limit(d.pop("purchase_limit", UNSET))

        selling_in = cls(
            reservation=reservation,
            hold_seconds=hold_seconds,
            purchase_limit=purchase_limit,
        )

        selling_in.additional_properties = d
        return selling_in

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

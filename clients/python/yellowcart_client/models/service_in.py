from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ServiceIn")


@_attrs_define
class ServiceIn:
    """What a product promises: it leaves within so many seconds, or days of a pre-sale; how it
    may be given back without a reason (empty: as its category does); and for how many days a
    fallen price is given back.

        Attributes:
            ship_within_seconds (int | None | Unset):
            presale_days (int | None | Unset):
            return_rule (str | Unset):  Default: ''.
            price_protect_days (int | Unset):  Default: 0.
    """

    ship_within_seconds: int | Unset | None = UNSET
    presale_days: int | Unset | None = UNSET
    return_rule: str | Unset = ""
    price_protect_days: int | Unset = 0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ship_within_seconds: int | Unset | None
        if isinstance(self.ship_within_seconds, Unset):
            ship_within_seconds = UNSET
        else:
            ship_within_seconds = self.ship_within_seconds

        presale_days: int | Unset | None
        if isinstance(self.presale_days, Unset):
            presale_days = UNSET
        else:
            presale_days = self.presale_days

        return_rule = self.return_rule

        price_protect_days = self.price_protect_days

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if ship_within_seconds is not UNSET:
            field_dict["ship_within_seconds"] = ship_within_seconds
        if presale_days is not UNSET:
            field_dict["presale_days"] = presale_days
        if return_rule is not UNSET:
            field_dict["return_rule"] = return_rule
        if price_protect_days is not UNSET:
            field_dict["price_protect_days"] = price_protect_days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_ship_within_seconds(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        ship_within_seconds = _parse_ship_within_seconds(d.pop("ship_within_seconds", UNSET))

        def _parse_presale_days(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        presale_days = _parse_presale_days(d.pop("presale_days", UNSET))

        return_rule = d.pop("return_rule", UNSET)

        price_protect_days = d.pop("price_protect_days", UNSET)

        service_in = cls(
            ship_within_seconds=ship_within_seconds,
            presale_days=presale_days,
            return_rule=return_rule,
            price_protect_days=price_protect_days,
        )

        service_in.additional_properties = d
        return service_in

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

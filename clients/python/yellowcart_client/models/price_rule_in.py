from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.price_rule_in_kind import PriceRuleInKind
from ..types import UNSET, Unset

T = TypeVar("T", bound="PriceRuleIn")


@_attrs_define
class PriceRuleIn:
    """What copies cost: ``follow`` the supplier, a ``margin`` in basis points, or ``fixed``.

    Attributes:
        kind (PriceRuleInKind | Unset):  Default: PriceRuleInKind.FOLLOW.
        margin_bps (int | Unset):  Default: 0.
        fixed_price (int | Unset):  Default: 0.
    """

    kind: PriceRuleInKind | Unset = PriceRuleInKind.FOLLOW
    margin_bps: int | Unset = 0
    fixed_price: int | Unset = 0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        margin_bps = self.margin_bps

        fixed_price = self.fixed_price

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if kind is not UNSET:
            field_dict["kind"] = kind
        if margin_bps is not UNSET:
            field_dict["margin_bps"] = margin_bps
        if fixed_price is not UNSET:
            field_dict["fixed_price"] = fixed_price

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _kind = d.pop("kind", UNSET)
        kind: PriceRuleInKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = PriceRuleInKind(_kind)

        margin_bps = d.pop("margin_bps", UNSET)

        fixed_price = d.pop("fixed_price", UNSET)

        price_rule_in = cls(
            kind=kind,
            margin_bps=margin_bps,
            fixed_price=fixed_price,
        )

        price_rule_in.additional_properties = d
        return price_rule_in

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

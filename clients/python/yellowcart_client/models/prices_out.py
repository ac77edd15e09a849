from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.presale_out import PresaleOut
    from ..models.special_out import SpecialOut


T = TypeVar("T", bound="PricesOut")


@_attrs_define
class PricesOut:
    """Everything that was set on a listing.

    Attributes:
        specials (list[SpecialOut]):
        presales (list[PresaleOut]):
        commission_bps (int):
    """

    specials: list[SpecialOut]
    presales: list[PresaleOut]
    commission_bps: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        specials = []
        for specials_item_data in self.specials:
            specials_item = specials_item_data.to_dict()
            specials.append(specials_item)

        presales = []
        for presales_item_data in self.presales:
            presales_item = presales_item_data.to_dict()
            presales.append(presales_item)

        commission_bps = self.commission_bps

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "specials": specials,
                "presales": presales,
                "commission_bps": commission_bps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.presale_out import PresaleOut
        from ..models.special_out import SpecialOut

        d = dict(src_dict)
        specials = []
        _specials = d.pop("specials")
        for specials_item_data in _specials:
            specials_item = SpecialOut.from_dict(specials_item_data)

            specials.append(specials_item)

        presales = []
        _presales = d.pop("presales")
        for presales_item_data in _presales:
            presales_item = PresaleOut.from_dict(presales_item_data)

            presales.append(presales_item)

        commission_bps = d.pop("commission_bps")

        prices_out = cls(
            specials=specials,
            presales=presales,
            commission_bps=commission_bps,
        )

        prices_out.additional_properties = d
        return prices_out

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

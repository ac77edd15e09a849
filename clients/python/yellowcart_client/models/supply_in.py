from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.price_rule_in import PriceRuleIn


T = TypeVar("T", bound="SupplyIn")


@_attrs_define
class SupplyIn:
    """A supplier's goods to list: all of them where ``product_ids`` is left out.

    Attributes:
        supplier (str):
        product_ids (list[UUID] | None | Unset):
        price (None | PriceRuleIn | Unset):
    """

    supplier: str
    product_ids: list[UUID] | Unset | None = UNSET
    price: PriceRuleIn | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.price_rule_in import PriceRuleIn

        supplier = self.supplier

        product_ids: list[str] | Unset | None
        if isinstance(self.product_ids, Unset):
            product_ids = UNSET
        elif isinstance(self.product_ids, list):
            product_ids = []
            for product_ids_type_0_item_data in self.product_ids:
                product_ids_type_0_item = str(product_ids_type_0_item_data)
                product_ids.append(product_ids_type_0_item)

        else:
            product_ids = self.product_ids

        price: dict[str, Any] | Unset | None
        if isinstance(self.price, Unset):
            price = UNSET
        elif isinstance(self.price, PriceRuleIn):
            price = self.price.to_dict()
        else:
            price = self.price

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "supplier": supplier,
            }
        )
        if product_ids is not UNSET:
            field_dict["product_ids"] = product_ids
        if price is not UNSET:
            field_dict["price"] = price

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.price_rule_in import PriceRuleIn

        d = dict(src_dict)
        supplier = d.pop("supplier")

        def _parse_product_ids(data: object) -> list[UUID] | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                product_ids_type_0 = []
                _product_ids_type_0 = data
                for product_ids_type_0_item_data in _product_ids_type_0:
                    product_ids_type_0_item = UUID(product_ids_type_0_item_data)

                    product_ids_type_0.append(product_ids_type_0_item)

                return product_ids_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[UUID] | None | Unset", data)

        product_ids = _parse_product_ids(d.pop("product_ids", UNSET))

        def _parse_price(data: object) -> PriceRuleIn | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                price_type_0 = PriceRuleIn.from_dict(data)

                return price_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | PriceRuleIn | Unset", data)

        price = _parse_price(d.pop("price", UNSET))

        supply_in = cls(
            supplier=supplier,
            product_ids=product_ids,
            price=price,
        )

        supply_in.additional_properties = d
        return supply_in

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

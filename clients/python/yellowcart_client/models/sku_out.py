from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SkuOut")


@_attrs_define
class SkuOut:
    """One variant. ``price`` is what it costs now, all money in minor units.

    Attributes:
        id (UUID):
        code (str):
        barcode (str):
        options (list[str]):
        price (int):
        regular_price (int):
        compare_at_price (int | None):
        sale_price (int | None):
        sale_from (datetime.datetime | None):
        sale_until (datetime.datetime | None):
        weight_grams (int):
        image_url (str):
        active (bool):
    """

    id: UUID
    code: str
    barcode: str
    options: list[str]
    price: int
    regular_price: int
    compare_at_price: int | None
    sale_price: int | None
    sale_from: datetime.datetime | None
    sale_until: datetime.datetime | None
    weight_grams: int
    image_url: str
    active: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        code = self.code

        barcode = self.barcode

        options = self.options

        price = self.price

        regular_price = self.regular_price

        compare_at_price: int | None
        compare_at_price = self.compare_at_price

        sale_price: int | None
        sale_price = self.sale_price

        sale_from: str | None
        if isinstance(self.sale_from, datetime.datetime):
            sale_from = self.sale_from.isoformat()
        else:
            sale_from = self.sale_from

        sale_until: str | None
        if isinstance(self.sale_until, datetime.datetime):
            sale_until = self.sale_until.isoformat()
        else:
            sale_until = self.sale_until

        weight_grams = self.weight_grams

        image_url = self.image_url

        active = self.active

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "code": code,
                "barcode": barcode,
                "options": options,
                "price": price,
                "regular_price": regular_price,
                "compare_at_price": compare_at_price,
                "sale_price": sale_price,
                "sale_from": sale_from,
                "sale_until": sale_until,
                "weight_grams": weight_grams,
                "image_url": image_url,
                "active": active,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        code = d.pop("code")

        barcode = d.pop("barcode")

        options = cast("list[str]", d.pop("options"))

        price = d.pop("price")

        regular_price = d.pop("regular_price")

        def _parse_compare_at_price(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        compare_at_price = _parse_compare_at_price(d.pop("compare_at_price"))

        def _parse_sale_price(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        sale_price = _parse_sale_price(d.pop("sale_price"))

        def _parse_sale_from(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sale_from_type_0 = datetime.datetime.fromisoformat(data)

                return sale_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        sale_from = _parse_sale_from(d.pop("sale_from"))

        def _parse_sale_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sale_until_type_0 = datetime.datetime.fromisoformat(data)

                return sale_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        sale_until = _parse_sale_until(d.pop("sale_until"))

        weight_grams = d.pop("weight_grams")

        image_url = d.pop("image_url")

        active = d.pop("active")

        sku_out = cls(
            id=id,
            code=code,
            barcode=barcode,
            options=options,
            price=price,
            regular_price=regular_price,
            compare_at_price=compare_at_price,
            sale_price=sale_price,
            sale_from=sale_from,
            sale_until=sale_until,
            weight_grams=weight_grams,
            image_url=image_url,
            active=active,
        )

        sku_out.additional_properties = d
        return sku_out

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SkuIn")


@_attrs_define
class SkuIn:
    """One variant to write; money in minor units of the product's currency.

    Attributes:
        price (int):
        options (list[str] | Unset):
        code (str | Unset):  Default: ''.
        barcode (str | Unset):  Default: ''.
        compare_at_price (int | None | Unset):
        sale_price (int | None | Unset):
        sale_from (datetime.datetime | None | Unset):
        sale_until (datetime.datetime | None | Unset):
        weight_grams (int | Unset):  Default: 0.
        image_url (str | Unset):  Default: ''.
    """

    price: int
    options: list[str] | Unset = UNSET
    code: str | Unset = ""
    barcode: str | Unset = ""
    compare_at_price: int | Unset | None = UNSET
    sale_price: int | Unset | None = UNSET
    sale_from: datetime.datetime | Unset | None = UNSET
    sale_until: datetime.datetime | Unset | None = UNSET
    weight_grams: int | Unset = 0
    image_url: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        price = self.price

        options: list[str] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = self.options

        code = self.code

        barcode = self.barcode

        compare_at_price: int | Unset | None
        if isinstance(self.compare_at_price, Unset):
            compare_at_price = UNSET
        else:
            compare_at_price = self.compare_at_price

        sale_price: int | Unset | None
        if isinstance(self.sale_price, Unset):
            sale_price = UNSET
        else:
            sale_price = self.sale_price

        sale_from: str | Unset | None
        if isinstance(self.sale_from, Unset):
            sale_from = UNSET
        elif isinstance(self.sale_from, datetime.datetime):
            sale_from = self.sale_from.isoformat()
        else:
            sale_from = self.sale_from

        sale_until: str | Unset | None
        if isinstance(self.sale_until, Unset):
            sale_until = UNSET
        elif isinstance(self.sale_until, datetime.datetime):
            sale_until = self.sale_until.isoformat()
        else:
            sale_until = self.sale_until

        weight_grams = self.weight_grams

        image_url = self.image_url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "price": price,
            }
        )
        if options is not UNSET:
            field_dict["options"] = options
        if code is not UNSET:
            field_dict["code"] = code
        if barcode is not UNSET:
            field_dict["barcode"] = barcode
        if compare_at_price is not UNSET:
            field_dict["compare_at_price"] = compare_at_price
        if sale_price is not UNSET:
            field_dict["sale_price"] = sale_price
        if sale_from is not UNSET:
            field_dict["sale_from"] = sale_from
        if sale_until is not UNSET:
            field_dict["sale_until"] = sale_until
        if weight_grams is not UNSET:
            field_dict["weight_grams"] = weight_grams
        if image_url is not UNSET:
            field_dict["image_url"] = image_url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        price = d.pop("price")

        options = cast("list[str]", d.pop("options", UNSET))

        code = d.pop("code", UNSET)

        barcode = d.pop("barcode", UNSET)

        def _parse_compare_at_price(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        compare_at_price = _parse_compare_at_price(d.pop("compare_at_price", UNSET))

        def _parse_sale_price(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        sale_price = _parse_sale_price(d.pop("sale_price", UNSET))

        def _parse_sale_from(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sale_from_type_0 = datetime.datetime.fromisoformat(data)

                return sale_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None | Unset", data)

        sale_from = _parse_sale_from(d.pop("sale_from", UNSET))

        def _parse_sale_until(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sale_until_type_0 = datetime.datetime.fromisoformat(data)

                return sale_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None | Unset", data)

        sale_until = _parse_sale_until(d.pop("sale_until", UNSET))

        weight_grams = d.pop("weight_grams", UNSET)

        image_url = d.pop("image_url", UNSET)

        sku_in = cls(
            price=price,
            options=options,
            code=code,
            barcode=barcode,
            compare_at_price=compare_at_price,
            sale_price=sale_price,
            sale_from=sale_from,
            sale_until=sale_until,
            weight_grams=weight_grams,
            image_url=image_url,
        )

        sku_in.additional_properties = d
        return sku_in

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

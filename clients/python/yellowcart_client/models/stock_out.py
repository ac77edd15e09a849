from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StockOut")


@_attrs_define
class StockOut:
    """One SKU's stock: what lies there, what orders hold, what is sold, what is free.

    Attributes:
        sku_id (UUID):
        shared (bool):
        on_hand (int):
        reserved (int):
        sold (int):
        free (int):
    """

    sku_id: UUID
    shared: bool
    on_hand: int
    reserved: int
    sold: int
    free: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sku_id = str(self.sku_id)

        shared = self.shared

        on_hand = self.on_hand

        reserved = self.reserved

        sold = self.sold

        free = self.free

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sku_id": sku_id,
                "shared": shared,
                "on_hand": on_hand,
                "reserved": reserved,
                "sold": sold,
                "free": free,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sku_id = UUID(d.pop("sku_id"))

        shared = d.pop("shared")

        on_hand = d.pop("on_hand")

        reserved = d.pop("reserved")

        sold = d.pop("sold")

        free = d.pop("free")

        stock_out = cls(
            sku_id=sku_id,
            shared=shared,
            on_hand=on_hand,
            reserved=reserved,
            sold=sold,
            free=free,
        )

        stock_out.additional_properties = d
        return stock_out

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

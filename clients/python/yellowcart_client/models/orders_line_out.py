from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OrdersLineOut")


@_attrs_define
class OrdersLineOut:
    """One SKU of an order.

    Attributes:
        product_id (UUID):
        sku_id (UUID):
        title (str):
        quantity (int):
        unit_price (int):
        line_no (int):
        discount (int):
        shipped (int):
        unsent (int):
        refunded_quantity (int):
        refunded (int):
    """

    product_id: UUID
    sku_id: UUID
    title: str
    quantity: int
    unit_price: int
    line_no: int
    discount: int
    shipped: int
    unsent: int
    refunded_quantity: int
    refunded: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        product_id = str(self.product_id)

        sku_id = str(self.sku_id)

        title = self.title

        quantity = self.quantity

        unit_price = self.unit_price

        line_no = self.line_no

        discount = self.discount

        shipped = self.shipped

        unsent = self.unsent

        refunded_quantity = self.refunded_quantity

        refunded = self.refunded

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "product_id": product_id,
                "sku_id": sku_id,
                "title": title,
                "quantity": quantity,
                "unit_price": unit_price,
                "line_no": line_no,
                "discount": discount,
                "shipped": shipped,
                "unsent": unsent,
                "refunded_quantity": refunded_quantity,
                "refunded": refunded,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        product_id = UUID(d.pop("product_id"))

        sku_id = UUID(d.pop("sku_id"))

        title = d.pop("title")

        quantity = d.pop("quantity")

        unit_price = d.pop("unit_price")

        line_no = d.pop("line_no")

        discount = d.pop("discount")

        shipped = d.pop("shipped")

        unsent = d.pop("unsent")

        refunded_quantity = d.pop("refunded_quantity")

        refunded = d.pop("refunded")

        orders_line_out = cls(
            product_id=product_id,
            sku_id=sku_id,
            title=title,
            quantity=quantity,
            unit_price=unit_price,
            line_no=line_no,
            discount=discount,
            shipped=shipped,
            unsent=unsent,
            refunded_quantity=refunded_quantity,
            refunded=refunded,
        )

        orders_line_out.additional_properties = d
        return orders_line_out

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

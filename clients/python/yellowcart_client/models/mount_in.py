from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="MountIn")


@_attrs_define
class MountIn:
    """A product to offer.

    Attributes:
        product_id (UUID):
        purchase_limit (int | None | Unset):
        sale_from (datetime.datetime | None | Unset):
        sale_until (datetime.datetime | None | Unset):
        task_order (str | Unset):  Default: ''.
    """

    product_id: UUID
    purchase_limit: int | Unset | None = UNSET
    sale_from: datetime.datetime | Unset | None = UNSET
    sale_until: datetime.datetime | Unset | None = UNSET
    task_order: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        product_id = str(self.product_id)

        purchase_limit: int | Unset | None
        if isinstance(self.purchase_limit, Unset):
            purchase_limit = UNSET
        else:
            purchase_limit = self.purchase_limit

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

        task_order = self.task_order

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "product_id": product_id,
            }
        )
        if purchase_limit is not UNSET:
            field_dict["purchase_limit"] = purchase_limit
        if sale_from is not UNSET:
            field_dict["sale_from"] = sale_from
        if sale_until is not UNSET:
            field_dict["sale_until"] = sale_until
        if task_order is not UNSET:
            field_dict["task_order"] = task_order

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        product_id = UUID(d.pop("product_id"))

        def _parse_purchase_limit(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        purchase_limit = _parse_purchase_limit(d.pop("purchase_limit", UNSET))

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

        task_order = d.pop("task_order", UNSET)

        mount_in = cls(
            product_id=product_id,
            purchase_limit=purchase_limit,
            sale_from=sale_from,
            sale_until=sale_until,
            task_order=task_order,
        )

        mount_in.additional_properties = d
        return mount_in

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SpecialOut")


@_attrs_define
class SpecialOut:
    """A special price as those who set it see it; ``taken`` of its ``allocation`` pieces.

    Attributes:
        id (UUID):
        sku_id (UUID):
        price (int):
        fans_only (bool):
        starts_at (datetime.datetime):
        ends_at (datetime.datetime | None):
        allocation (int | None):
        taken (int):
    """

    id: UUID
    sku_id: UUID
    price: int
    fans_only: bool
    starts_at: datetime.datetime
    ends_at: datetime.datetime | None
    allocation: int | None
    taken: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        sku_id = str(self.sku_id)

        price = self.price

        fans_only = self.fans_only

        starts_at = self.starts_at.isoformat()

        ends_at: str | None
        if isinstance(self.ends_at, datetime.datetime):
            ends_at = self.ends_at.isoformat()
        else:
            ends_at = self.ends_at

        allocation: int | None
        allocation = self.allocation

        taken = self.taken

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "sku_id": sku_id,
                "price": price,
                "fans_only": fans_only,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "allocation": allocation,
                "taken": taken,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        sku_id = UUID(d.pop("sku_id"))

        price = d.pop("price")

        fans_only = d.pop("fans_only")

        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))

        def _parse_ends_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        ends_at = _parse_ends_at(d.pop("ends_at"))

        def _parse_allocation(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        allocation = _parse_allocation(d.pop("allocation"))

        taken = d.pop("taken")

        special_out = cls(
            id=id,
            sku_id=sku_id,
            price=price,
            fans_only=fans_only,
            starts_at=starts_at,
            ends_at=ends_at,
            allocation=allocation,
            taken=taken,
        )

        special_out.additional_properties = d
        return special_out

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SpecialIn")


@_attrs_define
class SpecialIn:
    """A special price, in minor units of the product's currency; instants need a zone.

    It begins at ``starts_at``, now where that is missing, and ends after ``seconds``, at
    ``ends_at``, or when somebody ends it.

        Attributes:
            sku_id (UUID):
            price (int):
            fans_only (bool | Unset):  Default: False.
            starts_at (datetime.datetime | None | Unset):
            ends_at (datetime.datetime | None | Unset):
            seconds (int | None | Unset):
            allocation (int | None | Unset):
    """

    sku_id: UUID
    price: int
    fans_only: bool | Unset = False
    starts_at: datetime.datetime | Unset | None = UNSET
    ends_at: datetime.datetime | Unset | None = UNSET
    seconds: int | Unset | None = UNSET
    allocation: int | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sku_id = str(self.sku_id)

        price = self.price

        fans_only = self.fans_only

        starts_at: str | Unset | None
        if isinstance(self.starts_at, Unset):
            starts_at = UNSET
        elif isinstance(self.starts_at, datetime.datetime):
            starts_at = self.starts_at.isoformat()
        else:
            starts_at = self.starts_at

        ends_at: str | Unset | None
        if isinstance(self.ends_at, Unset):
            ends_at = UNSET
        elif isinstance(self.ends_at, datetime.datetime):
            ends_at = self.ends_at.isoformat()
        else:
            ends_at = self.ends_at

        seconds: int | Unset | None
        if isinstance(self.seconds, Unset):
            seconds = UNSET
        else:
            seconds = self.seconds

        allocation: int | Unset | None
        if isinstance(self.allocation, Unset):
            allocation = UNSET
        else:
            allocation = self.allocation

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sku_id": sku_id,
                "price": price,
            }
        )
        if fans_only is not UNSET:
            field_dict["fans_only"] = fans_only
        if starts_at is not UNSET:
            field_dict["starts_at"] = starts_at
        if ends_at is not UNSET:
            field_dict["ends_at"] = ends_at
        if seconds is not UNSET:
            field_dict["seconds"] = seconds
        if allocation is not UNSET:
            field_dict["allocation"] = allocation

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sku_id = UUID(d.pop("sku_id"))

        price = d.pop("price")

        fans_only = d.pop("fans_only", UNSET)

        def _parse_starts_at(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                starts_at_type_0 = datetime.datetime.fromisoformat(data)

                return starts_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None | Unset", data)

        starts_at = _parse_starts_at(d.pop("starts_at", UNSET))

        def _parse_ends_at(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None | Unset", data)

        ends_at = _parse_ends_at(d.pop("ends_at", UNSET))

        def _parse_seconds(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        seconds = _parse_seconds(d.pop("seconds", UNSET))

        def _parse_allocation(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        allocation = _parse_allocation(d.pop("allocation", UNSET))

        special_in = cls(
            sku_id=sku_id,
            price=price,
            fans_only=fans_only,
            starts_at=starts_at,
            ends_at=ends_at,
            seconds=seconds,
            allocation=allocation,
        )

        special_in.additional_properties = d
        return special_in

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PresaleOut")


@_attrs_define
class PresaleOut:
    """The same, of one SKU.

    Attributes:
        deposit (int):
        balance_from (datetime.datetime):
        balance_until (datetime.datetime):
        sku_id (UUID):
    """

    deposit: int
    balance_from: datetime.datetime
    balance_until: datetime.datetime
    sku_id: UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        deposit = self.deposit

        balance_from = self.balance_from.isoformat()

        balance_until = self.balance_until.isoformat()

        sku_id = str(self.sku_id)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "deposit": deposit,
                "balance_from": balance_from,
                "balance_until": balance_until,
                "sku_id": sku_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        deposit = d.pop("deposit")

        balance_from = datetime.datetime.fromisoformat(d.pop("balance_from"))

        balance_until = datetime.datetime.fromisoformat(d.pop("balance_until"))

        sku_id = UUID(d.pop("sku_id"))

        presale_out = cls(
            deposit=deposit,
            balance_from=balance_from,
            balance_until=balance_until,
            sku_id=sku_id,
        )

        presale_out.additional_properties = d
        return presale_out

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

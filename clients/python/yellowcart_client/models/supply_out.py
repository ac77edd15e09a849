from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SupplyOut")


@_attrs_define
class SupplyOut:
    """What one click did, by native product id; ``missing`` are wanted ids not on offer.

    Attributes:
        created (list[UUID]):
        changed (list[UUID]):
        unchanged (list[UUID]):
        missing (list[UUID]):
    """

    created: list[UUID]
    changed: list[UUID]
    unchanged: list[UUID]
    missing: list[UUID]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created = []
        for created_item_data in self.created:
            created_item = str(created_item_data)
            created.append(created_item)

        changed = []
        for changed_item_data in self.changed:
            changed_item = str(changed_item_data)
            changed.append(changed_item)

        unchanged = []
        for unchanged_item_data in self.unchanged:
            unchanged_item = str(unchanged_item_data)
            unchanged.append(unchanged_item)

        missing = []
        for missing_item_data in self.missing:
            missing_item = str(missing_item_data)
            missing.append(missing_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created": created,
                "changed": changed,
                "unchanged": unchanged,
                "missing": missing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created = []
        _created = d.pop("created")
        for created_item_data in _created:
            created_item = UUID(created_item_data)

            created.append(created_item)

        changed = []
        _changed = d.pop("changed")
        for changed_item_data in _changed:
            changed_item = UUID(changed_item_data)

            changed.append(changed_item)

        unchanged = []
        _unchanged = d.pop("unchanged")
        for unchanged_item_data in _unchanged:
            unchanged_item = UUID(unchanged_item_data)

            unchanged.append(unchanged_item)

        missing = []
        _missing = d.pop("missing")
        for missing_item_data in _missing:
            missing_item = UUID(missing_item_data)

            missing.append(missing_item)

        supply_out = cls(
            created=created,
            changed=changed,
            unchanged=unchanged,
            missing=missing,
        )

        supply_out.additional_properties = d
        return supply_out

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

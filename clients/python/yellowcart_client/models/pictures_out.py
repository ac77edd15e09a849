from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.failed_out import FailedOut


T = TypeVar("T", bound="PicturesOut")


@_attrs_define
class PicturesOut:
    """How many pictures goods name, each address once: ``kept`` are those of which we have a copy,
    ``failed`` those that could not be had, ``waiting`` the rest. ``failures`` are the first that
    failed, by product, the newest first.

        Attributes:
            total (int):
            kept (int):
            failed (int):
            waiting (int):
            failures (list[FailedOut]):
    """

    total: int
    kept: int
    failed: int
    waiting: int
    failures: list[FailedOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        total = self.total

        kept = self.kept

        failed = self.failed

        waiting = self.waiting

        failures = []
        for failures_item_data in self.failures:
            failures_item = failures_item_data.to_dict()
            failures.append(failures_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "total": total,
                "kept": kept,
                "failed": failed,
                "waiting": waiting,
                "failures": failures,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.failed_out import FailedOut

        d = dict(src_dict)
        total = d.pop("total")

        kept = d.pop("kept")

        failed = d.pop("failed")

        waiting = d.pop("waiting")

        failures = []
        _failures = d.pop("failures")
        for failures_item_data in _failures:
            failures_item = FailedOut.from_dict(failures_item_data)

            failures.append(failures_item)

        pictures_out = cls(
            total=total,
            kept=kept,
            failed=failed,
            waiting=waiting,
            failures=failures,
        )

        pictures_out.additional_properties = d
        return pictures_out

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

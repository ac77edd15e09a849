from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="FlashIn")


@_attrs_define
class FlashIn:
    """``percent`` off for ``seconds``; ``pieces`` of each variant, null for all there are.

    Attributes:
        percent (int):
        seconds (int | Unset):  Default: 60.
        pieces (int | None | Unset):
    """

    percent: int
    seconds: int | Unset = 60
    pieces: int | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        percent = self.percent

        seconds = self.seconds

        pieces: int | Unset | None
        if isinstance(self.pieces, Unset):
            pieces = UNSET
        else:
            pieces = self.pieces

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "percent": percent,
            }
        )
        if seconds is not UNSET:
            field_dict["seconds"] = seconds
        if pieces is not UNSET:
            field_dict["pieces"] = pieces

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        percent = d.pop("percent")

        seconds = d.pop("seconds", UNSET)

        def _parse_pieces(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        pieces = _parse_pieces(d.pop("pieces", UNSET))

        flash_in = cls(
            percent=percent,
            seconds=seconds,
            pieces=pieces,
        )

        flash_in.additional_properties = d
        return flash_in

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.restock_in_pieces_type_0 import RestockInPiecesType0


T = TypeVar("T", bound="RestockIn")


@_attrs_define
class RestockIn:
    """How many pieces of which line go onto the shelves; all where it is missing.

    Attributes:
        pieces (None | RestockInPiecesType0 | Unset):
    """

    pieces: RestockInPiecesType0 | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.restock_in_pieces_type_0 import RestockInPiecesType0

        pieces: dict[str, Any] | Unset | None
        if isinstance(self.pieces, Unset):
            pieces = UNSET
        elif isinstance(self.pieces, RestockInPiecesType0):
            pieces = self.pieces.to_dict()
        else:
            pieces = self.pieces

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if pieces is not UNSET:
            field_dict["pieces"] = pieces

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.restock_in_pieces_type_0 import RestockInPiecesType0

        d = dict(src_dict)

        def _parse_pieces(data: object) -> RestockInPiecesType0 | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                pieces_type_0 = RestockInPiecesType0.from_dict(data)

                return pieces_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | RestockInPiecesType0 | Unset", data)

        pieces = _parse_pieces(d.pop("pieces", UNSET))

        restock_in = cls(
            pieces=pieces,
        )

        restock_in.additional_properties = d
        return restock_in

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

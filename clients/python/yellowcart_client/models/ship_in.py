from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.ship_in_pieces_type_0 import ShipInPiecesType0


T = TypeVar("T", bound="ShipIn")


@_attrs_define
class ShipIn:
    """How the parcel travels; ``pieces`` by line number, all that is left where it is missing.

    Attributes:
        carrier (str):
        tracking_no (str):
        pieces (None | ShipInPiecesType0 | Unset):
    """

    carrier: str
    tracking_no: str
    pieces: ShipInPiecesType0 | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.ship_in_pieces_type_0 import ShipInPiecesType0

        carrier = self.carrier

        tracking_no = self.tracking_no

        pieces: dict[str, Any] | Unset | None
        if isinstance(self.pieces, Unset):
            pieces = UNSET
        elif isinstance(self.pieces, ShipInPiecesType0):
            pieces = self.pieces.to_dict()
        else:
            pieces = self.pieces

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "carrier": carrier,
                "tracking_no": tracking_no,
            }
        )
        if pieces is not UNSET:
            field_dict["pieces"] = pieces

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ship_in_pieces_type_0 import ShipInPiecesType0

        d = dict(src_dict)
        carrier = d.pop("carrier")

        tracking_no = d.pop("tracking_no")

        def _parse_pieces(data: object) -> ShipInPiecesType0 | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                pieces_type_0 = ShipInPiecesType0.from_dict(data)

                return pieces_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | ShipInPiecesType0 | Unset", data)

        pieces = _parse_pieces(d.pop("pieces", UNSET))

        ship_in = cls(
            carrier=carrier,
            tracking_no=tracking_no,
            pieces=pieces,
        )

        ship_in.additional_properties = d
        return ship_in

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.shipment_out_pieces import ShipmentOutPieces


T = TypeVar("T", bound="ShipmentOut")


@_attrs_define
class ShipmentOut:
    """A parcel; ``pieces`` by line number, ``exception`` empty where nothing went wrong.

    ``carrier`` and ``tracking_no`` are empty where a supplier told none.

        Attributes:
            shipment_id (UUID):
            carrier (str):
            tracking_no (str):
            shipped_at (datetime.datetime):
            signed_at (datetime.datetime | None):
            exception (str):
            pieces (ShipmentOutPieces):
    """

    shipment_id: UUID
    carrier: str
    tracking_no: str
    shipped_at: datetime.datetime
    signed_at: datetime.datetime | None
    exception: str
    pieces: ShipmentOutPieces
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        shipment_id = str(self.shipment_id)

        carrier = self.carrier

        tracking_no = self.tracking_no

        shipped_at = self.shipped_at.isoformat()

        signed_at: str | None
        if isinstance(self.signed_at, datetime.datetime):
            signed_at = self.signed_at.isoformat()
        else:
            signed_at = self.signed_at

        exception = self.exception

        pieces = self.pieces.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "shipment_id": shipment_id,
                "carrier": carrier,
                "tracking_no": tracking_no,
                "shipped_at": shipped_at,
                "signed_at": signed_at,
                "exception": exception,
                "pieces": pieces,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shipment_out_pieces import ShipmentOutPieces

        d = dict(src_dict)
        shipment_id = UUID(d.pop("shipment_id"))

        carrier = d.pop("carrier")

        tracking_no = d.pop("tracking_no")

        shipped_at = datetime.datetime.fromisoformat(d.pop("shipped_at"))

        def _parse_signed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                signed_at_type_0 = datetime.datetime.fromisoformat(data)

                return signed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        signed_at = _parse_signed_at(d.pop("signed_at"))

        exception = d.pop("exception")

        pieces = ShipmentOutPieces.from_dict(d.pop("pieces"))

        shipment_out = cls(
            shipment_id=shipment_id,
            carrier=carrier,
            tracking_no=tracking_no,
            shipped_at=shipped_at,
            signed_at=signed_at,
            exception=exception,
            pieces=pieces,
        )

        shipment_out.additional_properties = d
        return shipment_out

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

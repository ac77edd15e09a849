from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RoomOut")


@_attrs_define
class RoomOut:
    """A room as its host sees it.

    Attributes:
        room_id (UUID):
        title (str):
        cover_url (str):
        state (str):
        scheduled_at (datetime.datetime):
        started_at (datetime.datetime | None):
        ended_at (datetime.datetime | None):
        pinned_listing_id (None | UUID):
        slow_mode_seconds (int):
        reservation (str):
        hold_seconds (int | None):
        purchase_limit (int | None):
        practice (bool):
    """

    room_id: UUID
    title: str
    cover_url: str
    state: str
    scheduled_at: datetime.datetime
    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    pinned_listing_id: UUID | None
    slow_mode_seconds: int
    reservation: str
    hold_seconds: int | None
    purchase_limit: int | None
    practice: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        room_id = str(self.room_id)

        title = self.title

        cover_url = self.cover_url

        state = self.state

        scheduled_at = self.scheduled_at.isoformat()

        started_at: str | None
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        ended_at: str | None
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        pinned_listing_id: str | None
        if isinstance(self.pinned_listing_id, UUID):
            pinned_listing_id = str(self.pinned_listing_id)
        else:
            pinned_listing_id = self.pinned_listing_id

        slow_mode_seconds = self.slow_mode_seconds

        reservation = self.reservation

        hold_seconds: int | None
        hold_seconds = self.hold_seconds

        purchase_limit: int | None
        purchase_limit = self.purchase_limit

        practice = self.practice

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "room_id": room_id,
                "title": title,
                "cover_url": cover_url,
                "state": state,
                "scheduled_at": scheduled_at,
                "started_at": started_at,
                "ended_at": ended_at,
                "pinned_listing_id": pinned_listing_id,
                "slow_mode_seconds": slow_mode_seconds,
                "reservation": reservation,
                "hold_seconds": hold_seconds,
                "purchase_limit": purchase_limit,
                "practice": practice,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        room_id = UUID(d.pop("room_id"))

        title = d.pop("title")

        cover_url = d.pop("cover_url")

        state = d.pop("state")

        scheduled_at = datetime.datetime.fromisoformat(d.pop("scheduled_at"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        started_at = _parse_started_at(d.pop("started_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_pinned_listing_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                pinned_listing_id_type_0 = UUID(data)

                return pinned_listing_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        pinned_listing_id = _parse_pinned_listing_id(d.pop("pinned_listing_id"))

        slow_mode_seconds = d.pop("slow_mode_seconds")

        reservation = d.pop("reservation")

        def _parse_hold_seconds(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        hold_seconds = _parse_hold_seconds(d.pop("hold_seconds"))

        def _parse_purchase_limit(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        purchase_limit = _parse_purchase_limit(d.pop("purchase_limit"))

        practice = d.pop("practice")

        room_out = cls(
            room_id=room_id,
            title=title,
            cover_url=cover_url,
            state=state,
            scheduled_at=scheduled_at,
            started_at=started_at,
            ended_at=ended_at,
            pinned_listing_id=pinned_listing_id,
            slow_mode_seconds=slow_mode_seconds,
            reservation=reservation,
            hold_seconds=hold_seconds,
            purchase_limit=purchase_limit,
            practice=practice,
        )

        room_out.additional_properties = d
        return room_out

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

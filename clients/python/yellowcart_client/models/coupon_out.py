from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CouponOut")


@_attrs_define
class CouponOut:
    """A coupon as whoever gives it sees it; ``spent`` of its ``budget``, ``used`` times.

    Attributes:
        coupon_id (UUID):
        title (str):
        bearer (str):
        shop_id (None | UUID):
        creator_id (None | UUID):
        room_id (None | UUID):
        listing_id (None | UUID):
        fans_only (bool):
        currency (str):
        off (int | None):
        off_bps (int | None):
        threshold (int):
        budget (int):
        spent (int):
        most_uses (int | None):
        used (int):
        claimed (int):
        per_buyer (int):
        claim_from (datetime.datetime):
        claim_until (datetime.datetime | None):
        use_from (datetime.datetime):
        use_until (datetime.datetime):
        ended_at (datetime.datetime | None):
    """

    coupon_id: UUID
    title: str
    bearer: str
    shop_id: UUID | None
    creator_id: UUID | None
    room_id: UUID | None
    listing_id: UUID | None
    fans_only: bool
    currency: str
    off: int | None
    off_bps: int | None
    threshold: int
    budget: int
    spent: int
    most_uses: int | None
    used: int
    claimed: int
    per_buyer: int
    claim_from: datetime.datetime
    claim_until: datetime.datetime | None
    use_from: datetime.datetime
    use_until: datetime.datetime
    ended_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        coupon_id = str(self.coupon_id)

        title = self.title

        bearer = self.bearer

        shop_id: str | None
        if isinstance(self.shop_id, UUID):
            shop_id = str(self.shop_id)
        else:
            shop_id = self.shop_id

        creator_id: str | None
        if isinstance(self.creator_id, UUID):
            creator_id = str(self.creator_id)
        else:
            creator_id = self.creator_id

        room_id: str | None
        if isinstance(self.room_id, UUID):
            room_id = str(self.room_id)
        else:
            room_id = self.room_id

        listing_id: str | None
        if isinstance(self.listing_id, UUID):
            listing_id = str(self.listing_id)
        else:
            listing_id = self.listing_id

        fans_only = self.fans_only

        currency = self.currency

        off: int | None
        off = self.off

        off_bps: int | None
        off_bps = self.off_bps

        threshold = self.threshold

        budget = self.budget

        spent = self.spent

        most_uses: int | None
        most_uses = self.most_uses

        used = self.used

        claimed = self.claimed

        per_buyer = self.per_buyer

        claim_from = self.claim_from.isoformat()

        claim_until: str | None
        if isinstance(self.claim_until, datetime.datetime):
            claim_until = self.claim_until.isoformat()
        else:
            claim_until = self.claim_until

        use_from = self.use_from.isoformat()

        use_until = self.use_until.isoformat()

        ended_at: str | None
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "coupon_id": coupon_id,
                "title": title,
                "bearer": bearer,
                "shop_id": shop_id,
                "creator_id": creator_id,
                "room_id": room_id,
                "listing_id": listing_id,
                "fans_only": fans_only,
                "currency": currency,
                "off": off,
                "off_bps": off_bps,
                "threshold": threshold,
                "budget": budget,
                "spent": spent,
                "most_uses": most_uses,
                "used": used,
                "claimed": claimed,
                "per_buyer": per_buyer,
                "claim_from": claim_from,
                "claim_until": claim_until,
                "use_from": use_from,
                "use_until": use_until,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        coupon_id = UUID(d.pop("coupon_id"))

        title = d.pop("title")

        bearer = d.pop("bearer")

        def _parse_shop_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                shop_id_type_0 = UUID(data)

                return shop_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        shop_id = _parse_shop_id(d.pop("shop_id"))

        def _parse_creator_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                creator_id_type_0 = UUID(data)

                return creator_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        creator_id = _parse_creator_id(d.pop("creator_id"))

        def _parse_room_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                room_id_type_0 = UUID(data)

                return room_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        room_id = _parse_room_id(d.pop("room_id"))

        def _parse_listing_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                listing_id_type_0 = UUID(data)

                return listing_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        listing_id = _parse_listing_id(d.pop("listing_id"))

        fans_only = d.pop("fans_only")

        currency = d.pop("currency")

        def _parse_off(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        off = _parse_off(d.pop("off"))

        def _parse_off_bps(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        off_bps = _parse_off_bps(d.pop("off_bps"))

        threshold = d.pop("threshold")

        budget = d.pop("budget")

        spent = d.pop("spent")

        def _parse_most_uses(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        most_uses = _parse_most_uses(d.pop("most_uses"))

        used = d.pop("used")

        claimed = d.pop("claimed")

        per_buyer = d.pop("per_buyer")

        claim_from = datetime.datetime.fromisoformat(d.pop("claim_from"))

        def _parse_claim_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                claim_until_type_0 = datetime.datetime.fromisoformat(data)

                return claim_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        claim_until = _parse_claim_until(d.pop("claim_until"))

        use_from = datetime.datetime.fromisoformat(d.pop("use_from"))

        use_until = datetime.datetime.fromisoformat(d.pop("use_until"))

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

        coupon_out = cls(
            coupon_id=coupon_id,
            title=title,
            bearer=bearer,
            shop_id=shop_id,
            creator_id=creator_id,
            room_id=room_id,
            listing_id=listing_id,
            fans_only=fans_only,
            currency=currency,
            off=off,
            off_bps=off_bps,
            threshold=threshold,
            budget=budget,
            spent=spent,
            most_uses=most_uses,
            used=used,
            claimed=claimed,
            per_buyer=per_buyer,
            claim_from=claim_from,
            claim_until=claim_until,
            use_from=use_from,
            use_until=use_until,
            ended_at=ended_at,
        )

        coupon_out.additional_properties = d
        return coupon_out

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

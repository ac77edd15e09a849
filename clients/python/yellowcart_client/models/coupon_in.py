from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.coupon_in_bearer import CouponInBearer
from ..types import UNSET, Unset

T = TypeVar("T", bound="CouponIn")


@_attrs_define
class CouponIn:
    """A coupon to give. Amounts in minor units, rates in basis points; instants need a zone.

    ``off`` is the amount it takes off, or the most where ``off_bps`` is a rate.

        Attributes:
            title (str):
            bearer (CouponInBearer):
            budget (int):
            use_until (datetime.datetime):
            shop_id (None | Unset | UUID):
            room_id (None | Unset | UUID):
            listing_id (None | Unset | UUID):
            fans_only (bool | Unset):  Default: False.
            currency (str | Unset):  Default: 'CNY'.
            off (int | None | Unset):
            off_bps (int | None | Unset):
            threshold (int | Unset):  Default: 0.
            most_uses (int | None | Unset):
            per_buyer (int | Unset):  Default: 1.
            claim_from (datetime.datetime | None | Unset):
            claim_until (datetime.datetime | None | Unset):
            use_from (datetime.datetime | None | Unset):
    """

    title: str
    bearer: CouponInBearer
    budget: int
    use_until: datetime.datetime
    shop_id: Unset | UUID | None = UNSET
    room_id: Unset | UUID | None = UNSET
    listing_id: Unset | UUID | None = UNSET
    fans_only: bool | Unset = False
    currency: str | Unset = "CNY"
    off: int | Unset | None = UNSET
    off_bps: int | Unset | None = UNSET
    threshold: int | Unset = 0
    most_uses: int | Unset | None = UNSET
    per_buyer: int | Unset = 1
    claim_from: datetime.datetime | Unset | None = UNSET
    claim_until: datetime.datetime | Unset | None = UNSET
    use_from: datetime.datetime | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        bearer = self.bearer.value

        budget = self.budget

        use_until = self.use_until.isoformat()

        shop_id: str | Unset | None
        if isinstance(self.shop_id, Unset):
            shop_id = UNSET
        elif isinstance(self.shop_id, UUID):
            shop_id = str(self.shop_id)
        else:
            shop_id = self.shop_id

        room_id: str | Unset | None
        if isinstance(self.room_id, Unset):
            room_id = UNSET
        elif isinstance(self.room_id, UUID):
            room_id = str(self.room_id)
        else:
            room_id = self.room_id

        listing_id: str | Unset | None
        if isinstance(self.listing_id, Unset):
            listing_id = UNSET
        elif isinstance(self.listing_id, UUID):
            listing_id = str(self.listing_id)
        else:
            listing_id = self.listing_id

        fans_only = self.fans_only

        currency = self.currency

        off: int | Unset | None
        if isinstance(self.off, Unset):
            off = UNSET
        else:
            off = self.off

        off_bps: int | Unset | None
        if isinstance(self.off_bps, Unset):
            off_bps = UNSET
        else:
            off_bps = self.off_bps

        threshold = self.threshold

        most_uses: int | Unset | None
        if isinstance(self.most_uses, Unset):
            most_uses = UNSET
        else:
            most_uses = self.most_uses

        per_buyer = self.per_buyer

        claim_from: str | Unset | None
        if isinstance(self.claim_from, Unset):
            claim_from = UNSET
        elif isinstance(self.claim_from, datetime.datetime):
            claim_from = self.claim_from.isoformat()
        else:
            claim_from = self.claim_from

        claim_until: str | Unset | None
        if isinstance(self.claim_until, Unset):
            claim_until = UNSET
        elif isinstance(self.claim_until, datetime.datetime):
            claim_until = self.claim_until.isoformat()
        else:
            claim_until = self.claim_until

        use_from: str | Unset | None
        if isinstance(self.use_from, Unset):
            use_from = UNSET
        elif isinstance(self.use_from, datetime.datetime):
            use_from = self.use_from.isoformat()
        else:
            use_from = self.use_from

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
                "bearer": bearer,
                "budget": budget,
                "use_until": use_until,
            }
        )
        if shop_id is not UNSET:
            field_dict["shop_id"] = shop_id
        if room_id is not UNSET:
            field_dict["room_id"] = room_id
        if listing_id is not UNSET:
            field_dict["listing_id"] = listing_id
        if fans_only is not UNSET:
            field_dict["fans_only"] = fans_only
        if currency is not UNSET:
            field_dict["currency"] = currency
        if off is not UNSET:
            field_dict["off"] = off
        if off_bps is not UNSET:
            field_dict["off_bps"] = off_bps
        if threshold is not UNSET:
            field_dict["threshold"] = threshold
        if most_uses is not UNSET:
            field_dict["most_uses"] = most_uses
        if per_buyer is not UNSET:
            field_dict["per_buyer"] = per_buyer
        if claim_from is not UNSET:
            field_dict["claim_from"] = claim_from
        if claim_until is not UNSET:
            field_dict["claim_until"] = claim_until
        if use_from is not UNSET:
            field_dict["use_from"] = use_from

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        title = d.pop("title")

        bearer = CouponInBearer(d.pop("bearer"))

        budget = d.pop("budget")

        use_until = datetime.datetime.fromisoformat(d.pop("use_until"))

        def _parse_shop_id(data: object) -> Unset | UUID | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                shop_id_type_0 = UUID(data)

                return shop_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | Unset | UUID", data)

        shop_id = _parse_shop_id(d.pop("shop_id", UNSET))

        def _parse_room_id(data: object) -> Unset | UUID | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                room_id_type_0 = UUID(data)

                return room_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | Unset | UUID", data)

        room_id = _parse_room_id(d.pop("room_id", UNSET))

        def _parse_listing_id(data: object) -> Unset | UUID | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                listing_id_type_0 = UUID(data)

                return listing_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | Unset | UUID", data)

        listing_id = _parse_listing_id(d.pop("listing_id", UNSET))

        fans_only = d.pop("fans_only", UNSET)

        currency = d.pop("currency", UNSET)

        def _parse_off(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        off = _parse_off(d.pop("off", UNSET))

        def _parse_off_bps(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        off_bps = _parse_off_bps(d.pop("off_bps", UNSET))

        threshold = d.pop("threshold", UNSET)

        def _parse_most_uses(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        most_uses = _parse_most_uses(d.pop("most_uses", UNSET))

        per_buyer = d.pop("per_buyer", UNSET)

        def _parse_claim_from(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                claim_from_type_0 = datetime.datetime.fromisoformat(data)

                return claim_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None | Unset", data)

        claim_from = _parse_claim_from(d.pop("claim_from", UNSET))

        def _parse_claim_until(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                claim_until_type_0 = datetime.datetime.fromisoformat(data)

                return claim_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None | Unset", data)

        claim_until = _parse_claim_until(d.pop("claim_until", UNSET))

        def _parse_use_from(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                use_from_type_0 = datetime.datetime.fromisoformat(data)

                return use_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None | Unset", data)

        use_from = _parse_use_from(d.pop("use_from", UNSET))

        coupon_in = cls(
            title=title,
            bearer=bearer,
            budget=budget,
            use_until=use_until,
            shop_id=shop_id,
            room_id=room_id,
            listing_id=listing_id,
            fans_only=fans_only,
            currency=currency,
            off=off,
            off_bps=off_bps,
            threshold=threshold,
            most_uses=most_uses,
            per_buyer=per_buyer,
            claim_from=claim_from,
            claim_until=claim_until,
            use_from=use_from,
        )

        coupon_in.additional_properties = d
        return coupon_in

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.settlement_limits_out import SettlementLimitsOut


T = TypeVar("T", bound="OverviewOut")


@_attrs_define
class OverviewOut:
    """What a party has now.

    Attributes:
        party (str):
        currency (str):
        held (int):
        payable (int):
        owed (int):
        payout (int):
        earned (int):
        deposit (int):
        deposit_required (int):
        next_due_at (datetime.datetime | None):
        limits (None | SettlementLimitsOut):
    """

    party: str
    currency: str
    held: int
    payable: int
    owed: int
    payout: int
    earned: int
    deposit: int
    deposit_required: int
    next_due_at: datetime.datetime | None
    limits: SettlementLimitsOut | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.settlement_limits_out import SettlementLimitsOut

        party = self.party

        currency = self.currency

        held = self.held

        payable = self.payable

        owed = self.owed

        payout = self.payout

        earned = self.earned

        deposit = self.deposit

        deposit_required = self.deposit_required

        next_due_at: str | None
        if isinstance(self.next_due_at, datetime.datetime):
            next_due_at = self.next_due_at.isoformat()
        else:
            next_due_at = self.next_due_at

        limits: dict[str, Any] | None
        if isinstance(self.limits, SettlementLimitsOut):
            limits = self.limits.to_dict()
        else:
            limits = self.limits

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "party": party,
                "currency": currency,
                "held": held,
                "payable": payable,
                "owed": owed,
                "payout": payout,
                "earned": earned,
                "deposit": deposit,
                "deposit_required": deposit_required,
                "next_due_at": next_due_at,
                "limits": limits,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.settlement_limits_out import SettlementLimitsOut

        d = dict(src_dict)
        party = d.pop("party")

        currency = d.pop("currency")

        held = d.pop("held")

        payable = d.pop("payable")

        owed = d.pop("owed")

        payout = d.pop("payout")

        earned = d.pop("earned")

        deposit = d.pop("deposit")

        deposit_required = d.pop("deposit_required")

        def _parse_next_due_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_due_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_due_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        next_due_at = _parse_next_due_at(d.pop("next_due_at"))

        def _parse_limits(data: object) -> SettlementLimitsOut | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                limits_type_0 = SettlementLimitsOut.from_dict(data)

                return limits_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | SettlementLimitsOut", data)

        limits = _parse_limits(d.pop("limits"))

        overview_out = cls(
            party=party,
            currency=currency,
            held=held,
            payable=payable,
            owed=owed,
            payout=payout,
            earned=earned,
            deposit=deposit,
            deposit_required=deposit_required,
            next_due_at=next_due_at,
            limits=limits,
        )

        overview_out.additional_properties = d
        return overview_out

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

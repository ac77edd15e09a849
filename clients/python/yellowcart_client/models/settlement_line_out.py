from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.settlement_share_out import SettlementShareOut


T = TypeVar("T", bound="SettlementLineOut")


@_attrs_define
class SettlementLineOut:
    """One movement; ``balance`` is what there was after it.

    Attributes:
        at (datetime.datetime):
        kind (str):
        amount (int):
        balance (int):
        reference (str):
        reason (str):
        share (None | SettlementShareOut):
    """

    at: datetime.datetime
    kind: str
    amount: int
    balance: int
    reference: str
    reason: str
    share: SettlementShareOut | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.settlement_share_out import SettlementShareOut

        at = self.at.isoformat()

        kind = self.kind

        amount = self.amount

        balance = self.balance

        reference = self.reference

        reason = self.reason

        share: dict[str, Any] | None
        if isinstance(self.share, SettlementShareOut):
            share = self.share.to_dict()
        else:
            share = self.share

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "kind": kind,
                "amount": amount,
                "balance": balance,
                "reference": reference,
                "reason": reason,
                "share": share,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.settlement_share_out import SettlementShareOut

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        kind = d.pop("kind")

        amount = d.pop("amount")

        balance = d.pop("balance")

        reference = d.pop("reference")

        reason = d.pop("reason")

        def _parse_share(data: object) -> SettlementShareOut | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                share_type_0 = SettlementShareOut.from_dict(data)

                return share_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | SettlementShareOut", data)

        share = _parse_share(d.pop("share"))

        settlement_line_out = cls(
            at=at,
            kind=kind,
            amount=amount,
            balance=balance,
            reference=reference,
            reason=reason,
            share=share,
        )

        settlement_line_out.additional_properties = d
        return settlement_line_out

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

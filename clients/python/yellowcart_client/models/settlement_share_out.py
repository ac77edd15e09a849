from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.settlement_share_out_parts import SettlementShareOutParts


T = TypeVar("T", bound="SettlementShareOut")


@_attrs_define
class SettlementShareOut:
    """A share of one sale; see ``docs/money.md`` for its parts.

    Attributes:
        subject_id (UUID):
        kind (str):
        shop_id (UUID):
        source (str):
        role (str):
        parts (SettlementShareOutParts):
        amount (int):
        returned (int):
        adjusted (int):
        net (int):
        fee_rule (str):
        fee_summary (str):
        contract_id (None | UUID):
        state (str):
        reason (str):
        sold_at (datetime.datetime):
        due_at (datetime.datetime | None):
        settled_at (datetime.datetime | None):
    """

    subject_id: UUID
    kind: str
    shop_id: UUID
    source: str
    role: str
    parts: SettlementShareOutParts
    amount: int
    returned: int
    adjusted: int
    net: int
    fee_rule: str
    fee_summary: str
    contract_id: UUID | None
    state: str
    reason: str
    sold_at: datetime.datetime
    due_at: datetime.datetime | None
    settled_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subject_id = str(self.subject_id)

        kind = self.kind

        shop_id = str(self.shop_id)

        source = self.source

        role = self.role

        parts = self.parts.to_dict()

        amount = self.amount

        returned = self.returned

        adjusted = self.adjusted

        net = self.net

        fee_rule = self.fee_rule

        fee_summary = self.fee_summary

        contract_id: str | None
        if isinstance(self.contract_id, UUID):
            contract_id = str(self.contract_id)
        else:
            contract_id = self.contract_id

        state = self.state

        reason = self.reason

        sold_at = self.sold_at.isoformat()

        due_at: str | None
        if isinstance(self.due_at, datetime.datetime):
            due_at = self.due_at.isoformat()
        else:
            due_at = self.due_at

        settled_at: str | None
        if isinstance(self.settled_at, datetime.datetime):
            settled_at = self.settled_at.isoformat()
        else:
            settled_at = self.settled_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subject_id": subject_id,
                "kind": kind,
                "shop_id": shop_id,
                "source": source,
                "role": role,
                "parts": parts,
                "amount": amount,
                "returned": returned,
                "adjusted": adjusted,
                "net": net,
                "fee_rule": fee_rule,
                "fee_summary": fee_summary,
                "contract_id": contract_id,
                "state": state,
                "reason": reason,
                "sold_at": sold_at,
                "due_at": due_at,
                "settled_at": settled_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.settlement_share_out_parts import SettlementShareOutParts

        d = dict(src_dict)
        subject_id = UUID(d.pop("subject_id"))

        kind = d.pop("kind")

        shop_id = UUID(d.pop("shop_id"))

        source = d.pop("source")

        role = d.pop("role")

        parts = SettlementShareOutParts.from_dict(d.pop("parts"))

        amount = d.pop("amount")

        returned = d.pop("returned")

        adjusted = d.pop("adjusted")

        net = d.pop("net")

        fee_rule = d.pop("fee_rule")

        fee_summary = d.pop("fee_summary")

        def _parse_contract_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                contract_id_type_0 = UUID(data)

                return contract_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        contract_id = _parse_contract_id(d.pop("contract_id"))

        state = d.pop("state")

        reason = d.pop("reason")

        sold_at = datetime.datetime.fromisoformat(d.pop("sold_at"))

        def _parse_due_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                due_at_type_0 = datetime.datetime.fromisoformat(data)

                return due_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        due_at = _parse_due_at(d.pop("due_at"))

        def _parse_settled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                settled_at_type_0 = datetime.datetime.fromisoformat(data)

                return settled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        settled_at = _parse_settled_at(d.pop("settled_at"))

        settlement_share_out = cls(
            subject_id=subject_id,
            kind=kind,
            shop_id=shop_id,
            source=source,
            role=role,
            parts=parts,
            amount=amount,
            returned=returned,
            adjusted=adjusted,
            net=net,
            fee_rule=fee_rule,
            fee_summary=fee_summary,
            contract_id=contract_id,
            state=state,
            reason=reason,
            sold_at=sold_at,
            due_at=due_at,
            settled_at=settled_at,
        )

        settlement_share_out.additional_properties = d
        return settlement_share_out

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

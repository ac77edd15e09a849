from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CaseOut")


@_attrs_define
class CaseOut:
    """A case as lists show it. ``deadline_verb`` is taken by itself at ``deadline_at``.

    Attributes:
        case_id (UUID):
        order_id (UUID):
        shop_id (UUID):
        kind (str):
        special (str):
        reason (str):
        state (str):
        amount (int):
        refunded (int):
        currency (str):
        opened_at (datetime.datetime):
        stepped_at (datetime.datetime):
        closed_at (datetime.datetime | None):
        deadline_at (datetime.datetime | None):
        deadline_verb (str):
    """

    case_id: UUID
    order_id: UUID
    shop_id: UUID
    kind: str
    special: str
    reason: str
    state: str
    amount: int
    refunded: int
    currency: str
    opened_at: datetime.datetime
    stepped_at: datetime.datetime
    closed_at: datetime.datetime | None
    deadline_at: datetime.datetime | None
    deadline_verb: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        case_id = str(self.case_id)

        order_id = str(self.order_id)

        shop_id = str(self.shop_id)

        kind = self.kind

        special = self.special

        reason = self.reason

        state = self.state

        amount = self.amount

        refunded = self.refunded

        currency = self.currency

        opened_at = self.opened_at.isoformat()

        stepped_at = self.stepped_at.isoformat()

        closed_at: str | None
        if isinstance(self.closed_at, datetime.datetime):
            closed_at = self.closed_at.isoformat()
        else:
            closed_at = self.closed_at

        deadline_at: str | None
        if isinstance(self.deadline_at, datetime.datetime):
            deadline_at = self.deadline_at.isoformat()
        else:
            deadline_at = self.deadline_at

        deadline_verb = self.deadline_verb

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "case_id": case_id,
                "order_id": order_id,
                "shop_id": shop_id,
                "kind": kind,
                "special": special,
                "reason": reason,
                "state": state,
                "amount": amount,
                "refunded": refunded,
                "currency": currency,
                "opened_at": opened_at,
                "stepped_at": stepped_at,
                "closed_at": closed_at,
                "deadline_at": deadline_at,
                "deadline_verb": deadline_verb,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        case_id = UUID(d.pop("case_id"))

        order_id = UUID(d.pop("order_id"))

        shop_id = UUID(d.pop("shop_id"))

        kind = d.pop("kind")

        special = d.pop("special")

        reason = d.pop("reason")

        state = d.pop("state")

        amount = d.pop("amount")

        refunded = d.pop("refunded")

        currency = d.pop("currency")

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        stepped_at = datetime.datetime.fromisoformat(d.pop("stepped_at"))

        def _parse_closed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                closed_at_type_0 = datetime.datetime.fromisoformat(data)

                return closed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        closed_at = _parse_closed_at(d.pop("closed_at"))

        def _parse_deadline_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deadline_at_type_0 = datetime.datetime.fromisoformat(data)

                return deadline_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        deadline_at = _parse_deadline_at(d.pop("deadline_at"))

        deadline_verb = d.pop("deadline_verb")

        case_out = cls(
            case_id=case_id,
            order_id=order_id,
            shop_id=shop_id,
            kind=kind,
            special=special,
            reason=reason,
            state=state,
            amount=amount,
            refunded=refunded,
            currency=currency,
            opened_at=opened_at,
            stepped_at=stepped_at,
            closed_at=closed_at,
            deadline_at=deadline_at,
            deadline_verb=deadline_verb,
        )

        case_out.additional_properties = d
        return case_out

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

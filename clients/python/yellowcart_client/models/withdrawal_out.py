from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WithdrawalOut")


@_attrs_define
class WithdrawalOut:
    """A withdrawal: ``requested``, ``sent``, ``done`` or ``failed``.

    Attributes:
        withdrawal_id (UUID):
        party (str):
        currency (str):
        amount (int):
        state (str):
        requested_at (datetime.datetime):
        send_at (datetime.datetime):
        ended_at (datetime.datetime | None):
        failure (str):
    """

    withdrawal_id: UUID
    party: str
    currency: str
    amount: int
    state: str
    requested_at: datetime.datetime
    send_at: datetime.datetime
    ended_at: datetime.datetime | None
    failure: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        withdrawal_id = str(self.withdrawal_id)

        party = self.party

        currency = self.currency

        amount = self.amount

        state = self.state

        requested_at = self.requested_at.isoformat()

        send_at = self.send_at.isoformat()

        ended_at: str | None
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        failure = self.failure

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "withdrawal_id": withdrawal_id,
                "party": party,
                "currency": currency,
                "amount": amount,
                "state": state,
                "requested_at": requested_at,
                "send_at": send_at,
                "ended_at": ended_at,
                "failure": failure,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        withdrawal_id = UUID(d.pop("withdrawal_id"))

        party = d.pop("party")

        currency = d.pop("currency")

        amount = d.pop("amount")

        state = d.pop("state")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        send_at = datetime.datetime.fromisoformat(d.pop("send_at"))

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

        failure = d.pop("failure")

        withdrawal_out = cls(
            withdrawal_id=withdrawal_id,
            party=party,
            currency=currency,
            amount=amount,
            state=state,
            requested_at=requested_at,
            send_at=send_at,
            ended_at=ended_at,
            failure=failure,
        )

        withdrawal_out.additional_properties = d
        return withdrawal_out

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

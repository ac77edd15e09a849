from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PaymentOut")


@_attrs_define
class PaymentOut:
    """An attempt to pay, as far as it is this order's.

    Attributes:
        payment_id (UUID):
        provider (str):
        stage (str):
        state (str):
        amount (int):
        refunded (int):
        currency (str):
    """

    payment_id: UUID
    provider: str
    stage: str
    state: str
    amount: int
    refunded: int
    currency: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        payment_id = str(self.payment_id)

        provider = self.provider

        stage = self.stage

        state = self.state

        amount = self.amount

        refunded = self.refunded

        currency = self.currency

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "payment_id": payment_id,
                "provider": provider,
                "stage": stage,
                "state": state,
                "amount": amount,
                "refunded": refunded,
                "currency": currency,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        payment_id = UUID(d.pop("payment_id"))

        provider = d.pop("provider")

        stage = d.pop("stage")

        state = d.pop("state")

        amount = d.pop("amount")

        refunded = d.pop("refunded")

        currency = d.pop("currency")

        payment_out = cls(
            payment_id=payment_id,
            provider=provider,
            stage=stage,
            state=state,
            amount=amount,
            refunded=refunded,
            currency=currency,
        )

        payment_out.additional_properties = d
        return payment_out

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.decide_in_decision import DecideInDecision
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.decide_in_return_to_type_0 import DecideInReturnToType0


T = TypeVar("T", bound="DecideIn")


@_attrs_define
class DecideIn:
    """An operator's decision; ``amount`` lowers a refund, ``return_to`` is where goods go.

    Attributes:
        decision (DecideInDecision):
        words (str | Unset):  Default: ''.
        amount (int | None | Unset):
        return_to (DecideInReturnToType0 | None | Unset):
    """

    decision: DecideInDecision
    words: str | Unset = ""
    amount: int | Unset | None = UNSET
    return_to: DecideInReturnToType0 | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.decide_in_return_to_type_0 import DecideInReturnToType0

        decision = self.decision.value

        words = self.words

        amount: int | Unset | None
        if isinstance(self.amount, Unset):
            amount = UNSET
        else:
            amount = self.amount

        return_to: dict[str, Any] | Unset | None
        if isinstance(self.return_to, Unset):
            return_to = UNSET
        elif isinstance(self.return_to, DecideInReturnToType0):
            return_to = self.return_to.to_dict()
        else:
            return_to = self.return_to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "decision": decision,
            }
        )
        if words is not UNSET:
            field_dict["words"] = words
        if amount is not UNSET:
            field_dict["amount"] = amount
        if return_to is not UNSET:
            field_dict["return_to"] = return_to

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.decide_in_return_to_type_0 import DecideInReturnToType0

        d = dict(src_dict)
        decision = DecideInDecision(d.pop("decision"))

        words = d.pop("words", UNSET)

        def _parse_amount(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        amount = _parse_amount(d.pop("amount", UNSET))

        def _parse_return_to(data: object) -> DecideInReturnToType0 | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                return_to_type_0 = DecideInReturnToType0.from_dict(data)

                return return_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("DecideInReturnToType0 | None | Unset", data)

        return_to = _parse_return_to(d.pop("return_to", UNSET))

        decide_in = cls(
            decision=decision,
            words=words,
            amount=amount,
            return_to=return_to,
        )

        decide_in.additional_properties = d
        return decide_in

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.catalog_decision_in_decision import CatalogDecisionInDecision
from ..types import UNSET, Unset

T = TypeVar("T", bound="CatalogDecisionIn")


@_attrs_define
class CatalogDecisionIn:
    """An operator's decision about a product.

    Attributes:
        decision (CatalogDecisionInDecision):
        words (str | Unset):  Default: ''.
    """

    decision: CatalogDecisionInDecision
    words: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        decision = self.decision.value

        words = self.words

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "decision": decision,
            }
        )
        if words is not UNSET:
            field_dict["words"] = words

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        decision = CatalogDecisionInDecision(d.pop("decision"))

        words = d.pop("words", UNSET)

        catalog_decision_in = cls(
            decision=decision,
            words=words,
        )

        catalog_decision_in.additional_properties = d
        return catalog_decision_in

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

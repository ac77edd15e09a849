from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.case_event_out_party import CaseEventOutParty

if TYPE_CHECKING:
    from ..models.case_event_out_detail import CaseEventOutDetail


T = TypeVar("T", bound="CaseEventOut")


@_attrs_define
class CaseEventOut:
    """One step of a case.

    Attributes:
        verb (str):
        state (str):
        party (CaseEventOutParty):
        words (str):
        detail (CaseEventOutDetail):
        at (datetime.datetime):
    """

    verb: str
    state: str
    party: CaseEventOutParty
    words: str
    detail: CaseEventOutDetail
    at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        verb = self.verb

        state = self.state

        party = self.party.value

        words = self.words

        detail = self.detail.to_dict()

        at = self.at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "verb": verb,
                "state": state,
                "party": party,
                "words": words,
                "detail": detail,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.case_event_out_detail import CaseEventOutDetail

        d = dict(src_dict)
        verb = d.pop("verb")

        state = d.pop("state")

        party = CaseEventOutParty(d.pop("party"))

        words = d.pop("words")

        detail = CaseEventOutDetail.from_dict(d.pop("detail"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        case_event_out = cls(
            verb=verb,
            state=state,
            party=party,
            words=words,
            detail=detail,
            at=at,
        )

        case_event_out.additional_properties = d
        return case_event_out

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

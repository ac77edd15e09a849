from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.draft_out_body import DraftOutBody
    from ..models.draft_out_rehearsal_type_0 import DraftOutRehearsalType0


T = TypeVar("T", bound="DraftOut")


@_attrs_define
class DraftOut:
    """A draft and what its latest rehearsal found.

    Attributes:
        id (UUID):
        title (str):
        body (DraftOutBody):
        state (str):
        rehearsal (DraftOutRehearsalType0 | None):
        rehearsed_at (None | str):
        rule_key (str):
    """

    id: UUID
    title: str
    body: DraftOutBody
    state: str
    rehearsal: DraftOutRehearsalType0 | None
    rehearsed_at: str | None
    rule_key: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.draft_out_rehearsal_type_0 import DraftOutRehearsalType0

        id = str(self.id)

        title = self.title

        body = self.body.to_dict()

        state = self.state

        rehearsal: dict[str, Any] | None
        if isinstance(self.rehearsal, DraftOutRehearsalType0):
            rehearsal = self.rehearsal.to_dict()
        else:
            rehearsal = self.rehearsal

        rehearsed_at: str | None
        rehearsed_at = self.rehearsed_at

        rule_key = self.rule_key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "title": title,
                "body": body,
                "state": state,
                "rehearsal": rehearsal,
                "rehearsed_at": rehearsed_at,
                "rule_key": rule_key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.draft_out_body import DraftOutBody
        from ..models.draft_out_rehearsal_type_0 import DraftOutRehearsalType0

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        title = d.pop("title")

        body = DraftOutBody.from_dict(d.pop("body"))

        state = d.pop("state")

        def _parse_rehearsal(data: object) -> DraftOutRehearsalType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rehearsal_type_0 = DraftOutRehearsalType0.from_dict(data)

                return rehearsal_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("DraftOutRehearsalType0 | None", data)

        rehearsal = _parse_rehearsal(d.pop("rehearsal"))

        def _parse_rehearsed_at(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        rehearsed_at = _parse_rehearsed_at(d.pop("rehearsed_at"))

        rule_key = d.pop("rule_key")

        draft_out = cls(
            id=id,
            title=title,
            body=body,
            state=state,
            rehearsal=rehearsal,
            rehearsed_at=rehearsed_at,
            rule_key=rule_key,
        )

        draft_out.additional_properties = d
        return draft_out

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

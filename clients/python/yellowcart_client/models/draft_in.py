from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.draft_in_body import DraftInBody


T = TypeVar("T", bound="DraftIn")


@_attrs_define
class DraftIn:
    """A draft; ``body`` has the keys of a rule pack's ``[[rule]]``.

    Attributes:
        title (str):
        body (DraftInBody):
    """

    title: str
    body: DraftInBody
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        body = self.body.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
                "body": body,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.draft_in_body import DraftInBody

        d = dict(src_dict)
        title = d.pop("title")

        body = DraftInBody.from_dict(d.pop("body"))

        draft_in = cls(
            title=title,
            body=body,
        )

        draft_in.additional_properties = d
        return draft_in

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LiveShareOut")


@_attrs_define
class LiveShareOut:
    """A code, the address it has, and the text to hand on.

    Attributes:
        code (str):
        url (str):
        poster_url (str):
        text (str):
        opens (int):
    """

    code: str
    url: str
    poster_url: str
    text: str
    opens: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        url = self.url

        poster_url = self.poster_url

        text = self.text

        opens = self.opens

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "url": url,
                "poster_url": poster_url,
                "text": text,
                "opens": opens,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        url = d.pop("url")

        poster_url = d.pop("poster_url")

        text = d.pop("text")

        opens = d.pop("opens")

        live_share_out = cls(
            code=code,
            url=url,
            poster_url=poster_url,
            text=text,
            opens=opens,
        )

        live_share_out.additional_properties = d
        return live_share_out

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

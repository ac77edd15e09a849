from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RecognitionOut")


@_attrs_define
class RecognitionOut:
    """Where it leads. ``confidence`` runs from 0 (nothing known) to 1; ``why`` says it in words.

    Attributes:
        source (str):
        integration (str):
        external_id (str):
        url (str):
        code (str):
        title (str):
        confidence (float):
        why (str):
    """

    source: str
    integration: str
    external_id: str
    url: str
    code: str
    title: str
    confidence: float
    why: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source = self.source

        integration = self.integration

        external_id = self.external_id

        url = self.url

        code = self.code

        title = self.title

        confidence = self.confidence

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source": source,
                "integration": integration,
                "external_id": external_id,
                "url": url,
                "code": code,
                "title": title,
                "confidence": confidence,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        source = d.pop("source")

        integration = d.pop("integration")

        external_id = d.pop("external_id")

        url = d.pop("url")

        code = d.pop("code")

        title = d.pop("title")

        confidence = d.pop("confidence")

        why = d.pop("why")

        recognition_out = cls(
            source=source,
            integration=integration,
            external_id=external_id,
            url=url,
            code=code,
            title=title,
            confidence=confidence,
            why=why,
        )

        recognition_out.additional_properties = d
        return recognition_out

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ShopOut")


@_attrs_define
class ShopOut:
    """What everybody may see of a shop.

    Attributes:
        id (UUID):
        handle (str):
        name (str):
        type_ (str):
        source (str):
        currency (str):
        description (str):
        logo_url (str):
        state (str):
        opened_at (datetime.datetime):
    """

    id: UUID
    handle: str
    name: str
    type_: str
    source: str
    currency: str
    description: str
    logo_url: str
    state: str
    opened_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        handle = self.handle

        name = self.name

        type_ = self.type_

        source = self.source

        currency = self.currency

        description = self.description

        logo_url = self.logo_url

        state = self.state

        opened_at = self.opened_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "handle": handle,
                "name": name,
                "type": type_,
                "source": source,
                "currency": currency,
                "description": description,
                "logo_url": logo_url,
                "state": state,
                "opened_at": opened_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        handle = d.pop("handle")

        name = d.pop("name")

        type_ = d.pop("type")

        source = d.pop("source")

        currency = d.pop("currency")

        description = d.pop("description")

        logo_url = d.pop("logo_url")

        state = d.pop("state")

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        shop_out = cls(
            id=id,
            handle=handle,
            name=name,
            type_=type_,
            source=source,
            currency=currency,
            description=description,
            logo_url=logo_url,
            state=state,
            opened_at=opened_at,
        )

        shop_out.additional_properties = d
        return shop_out

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

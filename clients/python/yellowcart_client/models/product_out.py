from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.sku_out import SkuOut


T = TypeVar("T", bound="ProductOut")


@_attrs_define
class ProductOut:
    """One product. ``origin_id`` names the supplier's product it is a copy of.

    The last four before ``updated_at`` are its promises; see ``ServiceIn``.

        Attributes:
            id (UUID):
            shop_id (UUID):
            title (str):
            description_html (str):
            source (str):
            integration (str):
            external_id (str):
            external_url (str):
            vendor (str):
            category (str):
            tags (list[str]):
            images (list[str]):
            option_names (list[str]):
            currency (str):
            review_state (str):
            on_shelf (bool):
            origin_id (None | UUID):
            ship_within_seconds (int | None):
            presale_days (int | None):
            return_rule (str):
            price_protect_days (int):
            updated_at (datetime.datetime):
            skus (list[SkuOut]):
    """

    id: UUID
    shop_id: UUID
    title: str
    description_html: str
    source: str
    integration: str
    external_id: str
    external_url: str
    vendor: str
    category: str
    tags: list[str]
    images: list[str]
    option_names: list[str]
    currency: str
    review_state: str
    on_shelf: bool
    origin_id: UUID | None
    ship_within_seconds: int | None
    presale_days: int | None
    return_rule: str
    price_protect_days: int
    updated_at: datetime.datetime
    skus: list[SkuOut]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        shop_id = str(self.shop_id)

        title = self.title

        description_html = self.description_html

        source = self.source

        integration = self.integration

        external_id = self.external_id

        external_url = self.external_url

        vendor = self.vendor

        category = self.category

        tags = self.tags

        images = self.images

        option_names = self.option_names

        currency = self.currency

        review_state = self.review_state

        on_shelf = self.on_shelf

        origin_id: str | None
        if isinstance(self.origin_id, UUID):
            origin_id = str(self.origin_id)
        else:
            origin_id = self.origin_id

        ship_within_seconds: int | None
        ship_within_seconds = self.ship_within_seconds

        presale_days: int | None
        presale_days = self.presale_days

        return_rule = self.return_rule

        price_protect_days = self.price_protect_days

        updated_at = self.updated_at.isoformat()

        skus = []
        for skus_item_data in self.skus:
            skus_item = skus_item_data.to_dict()
            skus.append(skus_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "shop_id": shop_id,
                "title": title,
                "description_html": description_html,
                "source": source,
                "integration": integration,
                "external_id": external_id,
                "external_url": external_url,
                "vendor": vendor,
                "category": category,
                "tags": tags,
                "images": images,
                "option_names": option_names,
                "currency": currency,
                "review_state": review_state,
                "on_shelf": on_shelf,
                "origin_id": origin_id,
                "ship_within_seconds": ship_within_seconds,
                "presale_days": presale_days,
                "return_rule": return_rule,
                "price_protect_days": price_protect_days,
                "updated_at": updated_at,
                "skus": skus,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sku_out import SkuOut

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        shop_id = UUID(d.pop("shop_id"))

        title = d.pop("title")

        description_html = d.pop("description_html")

        source = d.pop("source")

        integration = d.pop("integration")

        external_id = d.pop("external_id")

        external_url = d.pop("external_url")

        vendor = d.pop("vendor")

        category = d.pop("category")

        tags = cast("list[str]", d.pop("tags"))

        images = cast("list[str]", d.pop("images"))

        option_names = cast("list[str]", d.pop("option_names"))

        currency = d.pop("currency")

        review_state = d.pop("review_state")

        on_shelf = d.pop("on_shelf")

        def _parse_origin_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                origin_id_type_0 = UUID(data)

                return origin_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        origin_id = _parse_origin_id(d.pop("origin_id"))

        def _parse_ship_within_seconds(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        ship_within_seconds = _parse_ship_within_seconds(d.pop("ship_within_seconds"))

        def _parse_presale_days(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        presale_days = _parse_presale_days(d.pop("presale_days"))

        return_rule = d.pop("return_rule")

        price_protect_days = d.pop("price_protect_days")

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        skus = []
        _skus = d.pop("skus")
        for skus_item_data in _skus:
            skus_item = SkuOut.from_dict(skus_item_data)

            skus.append(skus_item)

        product_out = cls(
            id=id,
            shop_id=shop_id,
            title=title,
            description_html=description_html,
            source=source,
            integration=integration,
            external_id=external_id,
            external_url=external_url,
            vendor=vendor,
            category=category,
            tags=tags,
            images=images,
            option_names=option_names,
            currency=currency,
            review_state=review_state,
            on_shelf=on_shelf,
            origin_id=origin_id,
            ship_within_seconds=ship_within_seconds,
            presale_days=presale_days,
            return_rule=return_rule,
            price_protect_days=price_protect_days,
            updated_at=updated_at,
            skus=skus,
        )

        product_out.additional_properties = d
        return product_out

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

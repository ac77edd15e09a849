from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.sku_in import SkuIn


T = TypeVar("T", bound="ProductIn")


@_attrs_define
class ProductIn:
    """A product to write.

    Attributes:
        title (str):
        skus (list[SkuIn]):
        description_html (str | Unset):  Default: ''.
        vendor (str | Unset):  Default: ''.
        category (str | Unset):  Default: ''.
        tags (list[str] | Unset):
        images (list[str] | Unset):
        option_names (list[str] | Unset):
    """

    title: str
    skus: list[SkuIn]
    description_html: str | Unset = ""
    vendor: str | Unset = ""
    category: str | Unset = ""
    tags: list[str] | Unset = UNSET
    images: list[str] | Unset = UNSET
    option_names: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        skus = []
        for skus_item_data in self.skus:
            skus_item = skus_item_data.to_dict()
            skus.append(skus_item)

        description_html = self.description_html

        vendor = self.vendor

        category = self.category

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        images: list[str] | Unset = UNSET
        if not isinstance(self.images, Unset):
            images = self.images

        option_names: list[str] | Unset = UNSET
        if not isinstance(self.option_names, Unset):
            option_names = self.option_names

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
                "skus": skus,
            }
        )
        if description_html is not UNSET:
            field_dict["description_html"] = description_html
        if vendor is not UNSET:
            field_dict["vendor"] = vendor
        if category is not UNSET:
            field_dict["category"] = category
        if tags is not UNSET:
            field_dict["tags"] = tags
        if images is not UNSET:
            field_dict["images"] = images
        if option_names is not UNSET:
            field_dict["option_names"] = option_names

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sku_in import SkuIn

        d = dict(src_dict)
        title = d.pop("title")

        skus = []
        _skus = d.pop("skus")
        for skus_item_data in _skus:
            skus_item = SkuIn.from_dict(skus_item_data)

            skus.append(skus_item)

        description_html = d.pop("description_html", UNSET)

        vendor = d.pop("vendor", UNSET)

        category = d.pop("category", UNSET)

        tags = cast("list[str]", d.pop("tags", UNSET))

        images = cast("list[str]", d.pop("images", UNSET))

        option_names = cast("list[str]", d.pop("option_names", UNSET))

        product_in = cls(
            title=title,
            skus=skus,
            description_html=description_html,
            vendor=vendor,
            category=category,
            tags=tags,
            images=images,
            option_names=option_names,
        )

        product_in.additional_properties = d
        return product_in

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

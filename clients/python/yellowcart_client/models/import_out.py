from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.import_out_edits_kept_item import ImportOutEditsKeptItem
    from ..models.import_out_notes_item import ImportOutNotesItem
    from ..models.import_out_shop import ImportOutShop
    from ..models.refusal_out import RefusalOut


T = TypeVar("T", bound="ImportOut")


@_attrs_define
class ImportOut:
    """What an import did.

    Attributes:
        shop (ImportOutShop):
        format_ (str):
        products_created (int):
        products_changed (int):
        products_unchanged (int):
        variants_retired (int):
        rows_refused (int):
        refusals (list[RefusalOut]):
        notes (list[ImportOutNotesItem]):
        edits_kept (list[ImportOutEditsKeptItem]):
    """

    shop: ImportOutShop
    format_: str
    products_created: int
    products_changed: int
    products_unchanged: int
    variants_retired: int
    rows_refused: int
    refusals: list[RefusalOut]
    notes: list[ImportOutNotesItem]
    edits_kept: list[ImportOutEditsKeptItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        shop = self.shop.to_dict()

        format_ = self.format_

        products_created = self.products_created

        products_changed = self.products_changed

        products_unchanged = self.products_unchanged

        variants_retired = self.variants_retired

        rows_refused = self.rows_refused

        refusals = []
        for refusals_item_data in self.refusals:
            refusals_item = refusals_item_data.to_dict()
            refusals.append(refusals_item)

        notes = []
        for notes_item_data in self.notes:
            notes_item = notes_item_data.to_dict()
            notes.append(notes_item)

        edits_kept = []
        for edits_kept_item_data in self.edits_kept:
            edits_kept_item = edits_kept_item_data.to_dict()
            edits_kept.append(edits_kept_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "shop": shop,
                "format": format_,
                "products_created": products_created,
                "products_changed": products_changed,
                "products_unchanged": products_unchanged,
                "variants_retired": variants_retired,
                "rows_refused": rows_refused,
                "refusals": refusals,
                "notes": notes,
                "edits_kept": edits_kept,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.import_out_edits_kept_item import ImportOutEditsKeptItem
        from ..models.import_out_notes_item import ImportOutNotesItem
        from ..models.import_out_shop import ImportOutShop
        from ..models.refusal_out import RefusalOut

        d = dict(src_dict)
        shop = ImportOutShop.from_dict(d.pop("shop"))

        format_ = d.pop("format")

        products_created = d.pop("products_created")

        products_changed = d.pop("products_changed")

        products_unchanged = d.pop("products_unchanged")

        variants_retired = d.pop("variants_retired")

        rows_refused = d.pop("rows_refused")

        refusals = []
        _refusals = d.pop("refusals")
        for refusals_item_data in _refusals:
            refusals_item = RefusalOut.from_dict(refusals_item_data)

            refusals.append(refusals_item)

        notes = []
        _notes = d.pop("notes")
        for notes_item_data in _notes:
            notes_item = ImportOutNotesItem.from_dict(notes_item_data)

            notes.append(notes_item)

        edits_kept = []
        _edits_kept = d.pop("edits_kept")
        for edits_kept_item_data in _edits_kept:
            edits_kept_item = ImportOutEditsKeptItem.from_dict(edits_kept_item_data)

            edits_kept.append(edits_kept_item)

        import_out = cls(
            shop=shop,
            format_=format_,
            products_created=products_created,
            products_changed=products_changed,
            products_unchanged=products_unchanged,
            variants_retired=variants_retired,
            rows_refused=rows_refused,
            refusals=refusals,
            notes=notes,
            edits_kept=edits_kept,
        )

        import_out.additional_properties = d
        return import_out

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

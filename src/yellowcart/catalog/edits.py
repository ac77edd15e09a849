"""What a row of one of our own files changes of a variant that the shop has. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from yellowcart.catalog import merging
from yellowcart.catalog.models import Sku
from yellowcart.sources.files.drafts import ProductDraft, SkuDraft


@dataclass(frozen=True, slots=True)
class SkuEdit:
    """The SKU that a row is about (``None``: a new one), what to write, and whether the row counts
    its stock anew."""

    sku: Sku | None
    merged: merging.Merged
    counted: bool

    @property
    def differs(self) -> bool:
        """Whether there is something to write."""
        return self.sku is None or bool(self.merged.changes)


def sku_edits(draft: ProductDraft, skus: Sequence[Sku]) -> list[SkuEdit]:
    """An edit for each of a draft's variants; they are known by their id, else their options."""
    by_id = {sku.id: sku for sku in skus}
    by_options = {tuple(sku.options): sku for sku in skus}
    edits: list[SkuEdit] = []
    for one in draft.skus:
        sku = by_id.get(one.id) if one.id is not None else None
        if sku is None and (draft.said is None or "options" in draft.said or len(skus) == 1):
            sku = by_options.get(one.options)
        base = merging.exported_base(one.marks)
        counted = base is None or base["stock"] != merging.short_mark(one.stock)
        if sku is None:
            edits.append(SkuEdit(None, merging.Merged(), counted))
            continue
        wanted = merging.said(merging.sku_fields(one, sku.position), draft.said)
        # The order of a file's rows is no statement about the order of variants.
        wanted.pop("position", None)
        ours = {name: getattr(sku, name) for name in wanted}
        edits.append(SkuEdit(sku, merging.merge_edit(base, wanted, ours), counted))
    return edits


def with_free_key(draft: SkuDraft, known: Mapping[str, Sku]) -> SkuDraft:
    """A new variant under a key that no other of the product has."""
    key, number = draft.key, 1
    while key in known:
        number += 1
        key = f"{draft.key[:290]} ({number})"
    return replace(draft, key=key)

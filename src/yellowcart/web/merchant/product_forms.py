"""The forms in which a product and its variants are written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog import rules
from yellowcart.catalog.models import Product, Sku
from yellowcart.inventory.queries import Level
from yellowcart.web.backoffice.fields import InstantField, LinesField, MoneyField

#: As many options as the exports of the big shop systems have.
MOST_OPTIONS = 3


class ProductForm(forms.Form):
    """What is said of the product as a whole."""

    title = forms.CharField(label=_("Name"), max_length=rules.LONGEST_TITLE)
    images = LinesField(
        label=_("Pictures"),
        required=False,
        help_text=_("One address a line, starting with https://. The first is the cover."),
    )
    description_html = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Plain text or simple HTML; scripts and styles are taken out."),
    )
    vendor = forms.CharField(label=_("Brand or maker"), max_length=200, required=False)
    category = forms.CharField(
        label=_("Category"),
        max_length=300,
        required=False,
        help_text=_("From the widest to the narrowest, such as Home > Kitchen > Cups."),
    )
    tags = forms.CharField(
        label=_("Tags"), max_length=2_000, required=False, help_text=_("Separated by commas.")
    )
    option1 = forms.CharField(
        label=_("First option"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Colour")}),
    )
    option2 = forms.CharField(
        label=_("Second option"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Size")}),
    )
    option3 = forms.CharField(label=_("Third option"), max_length=60, required=False)

    def option_names(self) -> tuple[str, ...]:
        """The names of the options in use; a gap closes up."""
        names = (self.cleaned_data.get(f"option{n}", "") for n in range(1, MOST_OPTIONS + 1))
        return tuple(name for name in names if name)


class SkuForm(forms.Form):
    """One variant. ``stock`` is what lies in the warehouse; ``stock_was`` what the page showed."""

    option1 = forms.CharField(label=_("First option"), max_length=120, required=False)
    option2 = forms.CharField(label=_("Second option"), max_length=120, required=False)
    option3 = forms.CharField(label=_("Third option"), max_length=120, required=False)
    price = MoneyField(label=_("Price"))
    stock = forms.IntegerField(label=_("Stock"), required=False, min_value=0)
    code = forms.CharField(label=_("Shop's own code"), max_length=200, required=False)
    compare_at = MoneyField(label=_("Former price"), required=False)
    sale_price = MoneyField(label=_("Sale price"), required=False)
    sale_from = InstantField(label=_("Sale starts"), required=False)
    sale_until = InstantField(label=_("Sale ends"), required=False)
    barcode = forms.CharField(label=_("Barcode"), max_length=64, required=False)
    weight_grams = forms.IntegerField(
        label=_("Weight in grams"), required=False, min_value=0, max_value=10_000_000
    )
    image_url = forms.CharField(label=_("Product picture"), max_length=2000, required=False)
    stock_was = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str = "CNY", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = currency

    def wanted(self, options: int) -> rules.SkuInput:
        """The variant as the catalogue takes it; for a form that is valid."""
        data = self.cleaned_data
        return rules.SkuInput(
            price_minor=data["price"],
            options=tuple(data[f"option{n}"] for n in range(1, options + 1)),
            code=data["code"],
            barcode=data["barcode"],
            compare_at_minor=data["compare_at"],
            sale_price_minor=data["sale_price"],
            sale_from=data["sale_from"],
            sale_until=data["sale_until"],
            weight_grams=data["weight_grams"] or 0,
            image_url=data["image_url"],
        )


SkuFormSet = formset_factory(
    SkuForm,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=rules.MOST_SKUS,
    validate_max=True,
    can_delete=True,
)


def kept(formset: "BaseFormSet[SkuForm]") -> list[SkuForm]:
    """The variants that are not to be removed, in their order; rows left blank don't count."""
    return [
        form for form in formset.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]


def product_input(
    form: ProductForm, formset: "BaseFormSet[SkuForm]", currency: str
) -> rules.ProductInput:
    """Both valid forms as the catalogue takes them."""
    data = form.cleaned_data
    names = form.option_names()
    return rules.ProductInput(
        title=data["title"],
        skus=tuple(sku.wanted(len(names)) for sku in kept(formset)),
        description_html=data["description_html"],
        vendor=data["vendor"],
        category=data["category"],
        tags=tuple(tag.strip() for tag in re.split("[,，、]", data["tags"]) if tag.strip()),
        images=data["images"],
        option_names=names,
        currency=currency,
    )


def initial_of(product: Product) -> dict[str, Any]:
    """A product as its form shows it."""
    names = dict(enumerate(product.option_names, start=1))
    return {
        "title": product.title,
        "images": product.images,
        "description_html": product.description_html,
        "vendor": product.vendor,
        "category": product.category,
        "tags": ", ".join(product.tags),
        **{f"option{n}": names.get(n, "") for n in range(1, MOST_OPTIONS + 1)},
    }


def initial_skus(
    skus: Sequence[Sku], levels: Mapping[UUID, Level], currency: str
) -> list[dict[str, Any]]:
    """Variants as their forms show them."""
    rows = []
    for sku in skus:
        options = dict(enumerate(sku.options, start=1))
        on_hand = levels[sku.id].on_hand if sku.id in levels else 0
        rows.append(
            {
                **{f"option{n}": options.get(n, "") for n in range(1, MOST_OPTIONS + 1)},
                "price": sku.price_minor,
                "compare_at": sku.compare_at_minor,
                "sale_price": sku.sale_price_minor,
                "sale_from": sku.sale_from,
                "sale_until": sku.sale_until,
                "code": sku.code,
                "barcode": sku.barcode,
                "weight_grams": sku.weight_grams or None,
                "image_url": sku.image_url,
                "stock": on_hand,
                "stock_was": on_hand,
            }
        )
    return rows


def place_faults(
    form: ProductForm, formset: "BaseFormSet[SkuForm]", errors: Sequence[Mapping[str, str]]
) -> None:
    """Put the catalogue's faults (``skus.0.price``, ``images.2``) beside the fields they mean."""
    rows = kept(formset)
    for error in errors:
        match error["where"].split("."):
            case ["skus", number, field] if int(number) < len(rows):
                name = "option1" if field == "options" else field
                rows[int(number)].add_error(name, error["message"])
            case ["images", number]:
                line = _("Line %(number)s: %(message)s")
                words = line % {"number": int(number) + 1, "message": error["message"]}
                form.add_error("images", words)
            case [name] if name in form.fields:
                form.add_error(name, error["message"])
            case _rest:
                form.add_error(None, error["message"])


def as_input(sku: Sku) -> rules.SkuInput:
    """A stored variant as the catalogue takes it, for edits that leave the variants alone."""
    names = set(asdict(rules.SkuInput(price_minor=0))) - {"options"}
    return rules.SkuInput(
        options=tuple(sku.options), **{name: getattr(sku, name) for name in names}
    )

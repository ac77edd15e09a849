"""The paste-anything box: a link, a share text or a code becomes a product of the shop."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog import actions
from yellowcart.catalog.models import Product
from yellowcart.core.problems import Problem
from yellowcart.sources.recognition import LONGEST_TEXT, Recognition
from yellowcart.web.backoffice.fields import MoneyField
from yellowcart.web.backoffice.pasting import foreseen, found_in
from yellowcart.web.backoffice.replies import put_on_form
from yellowcart.web.merchant.access import Desk, shop_page, show


class PasteForm(forms.Form):
    """Whatever somebody copied."""

    text = forms.CharField(
        label=_("Link, share text, code or product id"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )


class LinkForm(PasteForm):
    """What is known of the goods behind it, for the shop to complete."""

    title = forms.CharField(label=_("Name"), max_length=300)
    price = MoneyField(label=_("Price at the source"))
    image = forms.CharField(
        label=_("Product picture"),
        max_length=2000,
        required=False,
        help_text=_("An address that starts with https://."),
    )


@shop_page("goods")
def paste(request: HttpRequest, desk: Desk) -> HttpResponse:
    """First what was recognised, with its confidence and why; then the product."""
    text = request.POST.get("text", "")
    found = found_in(text) if text.strip() else None
    linkable = found is not None and found.integration == "link"
    saving = "title" in request.POST
    if saving and linkable:
        form: PasteForm = LinkForm(request.POST)
        if form.is_valid() and found is not None:
            product = _linked(desk, form, found)
            if product is not None:
                messages.success(
                    request, _("Saved. It can be offered once the platform has reviewed it.")
                )
                return redirect(desk.url("product", product_id=product.id))
    elif linkable and found is not None:
        form = LinkForm(initial={"text": text, "title": found.title})
    else:
        form = PasteForm(request.POST or None)
    return show(
        request,
        desk,
        "merchant/paste.html",
        {
            "form": form,
            "found": found,
            "linkable": linkable,
            "paying": foreseen(desk.shop.id, found),
        },
        here="products",
        status=422 if saving else 200,
    )


def _linked(desk: Desk, form: PasteForm, found: Recognition) -> Product | None:
    data = form.cleaned_data
    try:
        return actions.do_create_link_product(
            actor=desk.account,
            shop=desk.shop,
            found=found,
            title=data["title"],
            price_minor=data["price"],
            images=(data["image"],) if data["image"] else (),
        )
    except Problem as problem:
        for error in problem.extra.get("errors", []):
            if error["where"].startswith("images"):
                error["where"] = "image"
        put_on_form(form, problem)
        return None

"""Importing a catalogue: hand in a file, name its columns where nobody knows them, look at what
would change, let it in, read what was refused and why."""

import io
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.core import tabular
from yellowcart.core.problems import Problem
from yellowcart.inventory import runs
from yellowcart.inventory.models import ImportRun
from yellowcart.inventory.refused import corrections
from yellowcart.sources.files import columns
from yellowcart.web.backoffice.replies import put_on_form, told
from yellowcart.web.merchant import pictures
from yellowcart.web.merchant.access import Desk, shop_page, show
from yellowcart.web.merchant.exports import NAMES, file_reply

PAGE = 100
#: Fields of one change that are shown before "and more".
SHOWN_FIELDS = 12

FORMATS: Final[dict[str, str | Promise]] = {
    "auto": _("Find out by the header"),
    "yellowcart": _("Our own export"),
    "shopify": "Shopify",
    "woocommerce": "WooCommerce",
    "taobao": _("Taobao Assistant"),
    "columns": _("Other: I say what the columns mean"),
}
FIELD_NAMES: Final[dict[str, str | Promise]] = {
    "title": _("Name"),
    "description_html": _("Description"),
    "vendor": _("Brand"),
    "category": _("Category"),
    "tags": _("Tags"),
    "images": _("Pictures"),
    "option_names": _("Options"),
    "on_shelf": _("On the shelf"),
    "code": _("SKU code"),
    "barcode": _("Barcode"),
    "options": _("Options"),
    "price_minor": _("Price"),
    "compare_at_minor": _("Price before (struck through)"),
    "sale_price_minor": _("Sale price"),
    "sale_from": _("Sale begins"),
    "sale_until": _("Sale ends"),
    "weight_grams": _("Weight in grams"),
    "image_url": _("The variant's picture"),
    "active": _("The variant is for sale"),
    "stock": _("Pieces in the warehouse"),
}
ACCEPTED: Final = ".csv,.tsv,.txt,.xlsx,.xls,.ods,text/csv"


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        label=_("CSV or Excel file"),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    wanted = forms.ChoiceField(label=_("Format"), choices=list(FORMATS.items()), initial="auto")

    def clean_file(self) -> "UploadedFile[bytes]":
        """A file that is small enough to be looked at."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > runs.MOST_BYTES:
            most = runs.MOST_BYTES // (1024 * 1024)
            raise forms.ValidationError(
                _("The file has more than %(most)s MB; split it in two."), params={"most": most}
            )
        return file


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Earlier imports, the form for the next, and what can be taken out."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file: UploadedFile[bytes] = form.cleaned_data["file"]
        try:
            run = runs.do_begin_import(
                desk.account,
                desk.shop,
                file_name=file.name or "",
                content=file.read(),
                wanted=form.cleaned_data["wanted"],
                preview=True,
            )
        except Problem as problem:
            put_on_form(form, problem, field="file")
        else:
            return redirect(desk.url("import", run_id=run.id))
    context = {
        "form": form,
        "rows": [_shown(run) for run in runs.runs_of(desk.shop.id)[:20]],
        "exports": [(what, *names) for what, names in NAMES.items()],
        "kinds": tabular.KINDS,
    }
    status = 422 if request.method == "POST" else 200
    return show(request, desk, "merchant/imports.html", context, here="imports", status=status)


@shop_page()
def detail(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """One import: how far it is, what it waits for, its report. The page asks again while it
    runs."""
    run = runs.access_run(desk.account, desk.shop, run_id)
    context = _shown(run)
    report = context["report"]
    context["refusals"] = Paginator(report.get("refusals", []), PAGE).get_page(
        request.GET.get("page")
    )
    context["shop"] = desk.shop
    if run.state == "done":
        context |= pictures.of_shop(desk)
    context["can"] = {"goods": desk.may("goods")}
    if run.state == "ready":
        wanted = request.GET.get("show", "")
        context["show"] = wanted if wanted in {"created", "changed"} else ""
        shown = [one for one in run.changes if context["show"] in {"", one["kind"]}]
        context["changes"] = Paginator(shown, PAGE).get_page(request.GET.get("at"))
        for one in context["changes"].object_list:
            one["shown"] = [_named(field, one["currency"]) for field in one["fields"]]
            one["more"] = max(0, len(one["shown"]) - SHOWN_FIELDS)
            one["shown"] = one["shown"][:SHOWN_FIELDS]
        counted = report.get("products_created", 0) + report.get("products_changed", 0)
        context["left_off"] = max(0, counted - len(run.changes))
    if run.state == "mapping" or (run.state == "ready" and run.header):
        context["columns"] = _columns(run)
        context["fields"] = [
            (name, _("A variant's option, named as the column"))
            if name == columns.OPTION
            else (name, columns.FIELDS[name].label)
            for name in columns.CHOICES
        ]
    if request.headers.get("HX-Request") == "true":
        return render(request, "merchant/import_report.html", context)
    return show(request, desk, "merchant/import.html", context, here="imports")


@require_POST
@shop_page("goods")
def name_columns(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """Say what a foreign file's columns mean."""
    run = runs.access_run(desk.account, desk.shop, run_id)
    mapping = [request.POST.get(f"column-{n}", "") for n in range(len(run.header))]
    with told(request):
        runs.do_name_columns(desk.account, desk.shop, run_id, mapping)
    return redirect(desk.url("import", run_id=run_id))


@require_POST
@shop_page("goods")
def let_in(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """Import the file that was previewed."""
    with told(request):
        runs.do_let_in(desk.account, desk.shop, run_id)
    return redirect(desk.url("import", run_id=run_id))


@require_POST
@shop_page("goods")
def drop(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """Forget a file that was not let in."""
    with told(request, _("Forgotten. Nothing was imported.")):
        runs.do_drop_import(desk.account, desk.shop, run_id)
    return redirect(desk.url("imports"))


@shop_page()
def refusals(request: HttpRequest, desk: Desk, run_id: UUID, kind: str) -> HttpResponse:
    """The rows to correct and send again, with the reason before each."""
    if kind not in tabular.KINDS:
        raise Http404
    run = runs.access_run(desk.account, desk.shop, run_id)
    found = corrections(run, _language())
    out = io.BytesIO()
    tabular.write(kind, out, tabular.Sheet(str(_("Refused rows")), found.heading, found.rows))
    return file_reply(out.getvalue(), f"corrections-{str(run.id)[-8:]}.{kind}", kind)


def _language() -> str:
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"


def _shown(run: ImportRun) -> dict[str, Any]:
    report: dict[str, Any] = run.report.get(_language(), {})
    return {
        "run": run,
        "report": report,
        "problem": run.problem.get(_language(), ""),
        "running": run.state in {"waiting", "running"},
        "share": run.done * 100 // run.total if run.total else 0,
        "format": FORMATS.get(report.get("format", ""), "") if not run.header else "",
    }


def _named(field: list[Any], currency: str) -> dict[str, Any]:
    """One change of a field for the page."""
    name, variant, old, new = field
    return {
        "label": FIELD_NAMES.get(name, name),
        "variant": variant,
        "money": currency if name.endswith("_minor") else "",
        "old": _plain(old),
        "new": _plain(new),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return value


def _columns(run: ImportRun) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "name": name or _("(no name)"),
            "chosen": run.mapping[number] if number < len(run.mapping) else "",
            "cells": list(
                dict.fromkeys(
                    row[number] for row in run.sample if len(row) > number and row[number]
                )
            )[:3],
        }
        for number, name in enumerate(run.header)
        if not columns.is_aside(name)
    ]

"""Importing a catalogue: hand in a file, watch it, read what was refused and why."""

import csv
import io
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.inventory import runs
from yellowcart.inventory.models import ImportRun
from yellowcart.web.backoffice.replies import put_on_form
from yellowcart.web.merchant.access import Desk, shop_page, show

PAGE = 100

FORMATS = {
    "auto": _("Find out by the header"),
    "shopify": _("Shopify"),
    "woocommerce": _("WooCommerce"),
}


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        label=_("CSV file"),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
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
    """Earlier imports, and the form for the next."""
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
            )
        except Problem as problem:
            put_on_form(form, problem, field="file")
        else:
            return redirect(desk.url("import", run_id=run.id))
    context = {"form": form, "rows": [_shown(run) for run in runs.runs_of(desk.shop.id)[:20]]}
    status = 422 if request.method == "POST" else 200
    return show(request, desk, "merchant/imports.html", context, here="imports", status=status)


@shop_page()
def detail(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """One import: how far it is, then its report. The page asks again while it runs."""
    run = runs.access_run(desk.account, desk.shop, run_id)
    context = _shown(run)
    report = context["report"]
    context["refusals"] = Paginator(report.get("refusals", []), PAGE).get_page(
        request.GET.get("page")
    )
    context["shop"] = desk.shop
    if request.headers.get("HX-Request") == "true":
        return render(request, "merchant/import_report.html", context)
    return show(request, desk, "merchant/import.html", context, here="imports")


@shop_page()
def refusals(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """The refused rows as CSV, for a spreadsheet."""
    run = runs.access_run(desk.account, desk.shop, run_id)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([str(_("Line")), str(_("Reason"))])
    for one in _report(run).get("refusals", []):
        writer.writerow([one["line"], one["reason"]])
    # Spreadsheets take a file without the mark for one in the machine's own encoding.
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refusals-{str(run.id)[-8:]}.csv"'
    return response


def _language() -> str:
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"


def _report(run: ImportRun) -> dict[str, Any]:
    report: dict[str, Any] = run.report.get(_language(), {})
    return report


def _shown(run: ImportRun) -> dict[str, Any]:
    return {
        "run": run,
        "report": _report(run),
        "problem": run.problem.get(_language(), ""),
        "running": run.state in {"waiting", "running"},
        "share": run.done * 100 // run.total if run.total else 0,
    }

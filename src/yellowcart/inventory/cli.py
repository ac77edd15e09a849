"""``yellowcart import …``: bring goods in from elsewhere."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from yellowcart.core import startup
from yellowcart.core.problems import Problem
from yellowcart.core.terminal import language

if TYPE_CHECKING:
    from yellowcart.inventory.importing import Report
    from yellowcart.shops.models import Shop
    from yellowcart.sources.files.catalogue import Progress as Tell

app = typer.Typer(help="Bring goods in from elsewhere.", no_args_is_help=True)

BAD_INPUT = 2
SHOWN_REFUSALS = 20


@app.callback()
def imports() -> None:
    """Bring goods in from elsewhere."""


@app.command()
def products(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The export.")
    ],
    shop: Annotated[str, typer.Option(help="The shop, by id or handle.")],
    create_shop: Annotated[
        bool, typer.Option("--create-shop", help="Open the shop if there is none.")
    ] = False,
    shop_type: Annotated[
        str, typer.Option(help="The type of a shop that is opened.")
    ] = "enterprise",
    source: Annotated[
        str, typer.Option(help="The source of a supplier's shop that is opened.")
    ] = "native",
    wanted: Annotated[
        str, typer.Option("--format", help="auto, yellowcart, shopify, woocommerce or taobao.")
    ] = "auto",
    currency: Annotated[
        str, typer.Option(help="Currency of the file's prices; the shop's if not given.")
    ] = "",
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve published products without review.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")
    ] = False,
    errors: Annotated[
        Path | None,
        typer.Option(help="Write the refused rows to this .csv or .xlsx, to correct and send."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import the products of a CSV or XLSX file: ours, Shopify's, WooCommerce's or Taobao
    Assistant's. Run it again at will."""
    startup.boot()
    # Tables can be imported only once Django is set up.
    from django.utils import translation

    from yellowcart.inventory.importing import do_import, plan_import
    from yellowcart.sources.files.catalogue import format_of

    with translation.override(language()), file.open("rb") as data:
        try:
            code = _currency(currency)
            # A file that is no catalogue should not leave an empty shop behind.
            format_of(data, wanted)
            target = _shop(shop, create_shop, shop_type, source, code)
            with _progress() as tell:
                report = (plan_import if dry_run else do_import)(
                    data,
                    shop=target,
                    actor=None,
                    wanted=wanted,
                    currency=code,
                    approve=approve,
                    progress=tell,
                )
            if errors is not None:
                _write_errors(errors, file.read_bytes(), report)
        except Problem as problem:
            typer.echo(problem.body(language())["detail"], err=True)
            raise typer.Exit(BAD_INPUT) from problem
        if as_json:
            typer.echo(json.dumps(report.body(), ensure_ascii=False, indent=2))
        else:
            _print(report, dry_run=dry_run)


def _write_errors(target: Path, content: bytes, report: "Report") -> None:
    from django.utils.translation import gettext as _

    from yellowcart.core import tabular
    from yellowcart.inventory.refused import correcting, keep_refused

    reasons = {one.line: one.reason for one in report.refusals}
    found = correcting(keep_refused(content, report), reasons, language())
    with target.open("wb") as out:
        sheet = tabular.Sheet(_("Refused rows"), found.heading, found.rows)
        tabular.write(target.suffix.removeprefix(".").lower(), out, sheet)


def _currency(text: str) -> str:
    from babel.core import get_global
    from django.utils.translation import gettext_lazy as _

    code = text.upper()
    if code and code not in get_global("all_currencies"):
        raise Problem(
            "currency_unknown",
            422,
            _("%(code)s is no currency. Write its three letters, such as CNY or USD."),
            params={"code": text},
        )
    return code


def _shop(name: str, create: bool, type_: str, source: str, currency: str) -> "Shop":
    from yellowcart.shops.actions import do_open_shop
    from yellowcart.shops.queries import find_shop, shop_not_found
    from yellowcart.shops.rules import handle_from, is_handle

    # A name that can't be a handle opens, and later finds, the shop with the handle made from it.
    handle = name if is_handle(name) else handle_from(name)
    shop = find_shop(name) or find_shop(handle)
    if shop is not None:
        return shop
    if not create:
        raise shop_not_found()
    return do_open_shop(
        owner=None, name=name, handle=handle, type=type_, source=source, currency=currency or "CNY"
    )


@contextmanager
def _progress() -> "Iterator[Tell | None]":
    """A bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bar.add_task(phase, total=total)
            bar.update(tasks[phase], completed=done, total=total)

        yield tell


def _print(report: "Report", *, dry_run: bool) -> None:
    from django.utils.translation import gettext as _

    out = Console(soft_wrap=True)
    done = _(
        "%(created)s products created, %(changed)s changed, %(unchanged)s unchanged in"
        " %(shop)s; %(refused)s rows refused."
    )
    planned = _(
        "%(created)s products would be created, %(changed)s changed, %(unchanged)s unchanged in"
        " %(shop)s; %(refused)s rows refused. Nothing was written."
    )
    out.print(
        (planned if dry_run else done)
        % {
            "created": report.products_created,
            "changed": report.products_changed,
            "unchanged": report.products_unchanged,
            "shop": report.shop.handle,
            "refused": report.rows_refused,
        },
        highlight=False,
    )
    for one in report.refusals[:SHOWN_REFUSALS]:
        out.print(
            _("Line %(line)s: %(reason)s") % {"line": one.line, "reason": one.reason},
            markup=False,
            highlight=False,
        )
    rest = report.rows_refused - SHOWN_REFUSALS
    if rest > 0:
        out.print(_("… and %(count)s more; --json names them all.") % {"count": rest})
    if report.notes:
        out.print(
            _("%(count)s rows came with a note; --json has them.") % {"count": len(report.notes)}
        )
    for kept in report.edits_kept[:SHOWN_REFUSALS]:
        out.print(
            _("Line %(line)s: %(field)s of “%(title)s” was edited here and stays as it is.")
            % {"line": kept.line, "field": kept.field, "title": kept.title},
            markup=False,
            highlight=False,
        )

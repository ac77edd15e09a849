"""``yellowcart export …``: a shop's tables as CSV or XLSX."""

from pathlib import Path
from typing import Annotated

import typer

from yellowcart.core import startup
from yellowcart.core.problems import Problem
from yellowcart.core.terminal import language

app = typer.Typer(help="Take a shop's tables out.", no_args_is_help=True)

BAD_INPUT = 2

ShopName = Annotated[str, typer.Option(help="The shop, by id or handle.")]
OutFile = Annotated[
    Path, typer.Argument(help="The file to write; its ending, .csv or .xlsx, says how.")
]


@app.callback()
def exports() -> None:
    """Take a shop's tables out."""


@app.command()
def products(
    file: OutFile,
    shop: ShopName,
    form: Annotated[
        str, typer.Option("--format", help="yellowcart, shopify, woocommerce or taobao.")
    ] = "yellowcart",
) -> None:
    """Products with their variants and stock; importing our own file again changes nothing."""
    _export("products" if form == "yellowcart" else f"products-{form}", file, shop)


@app.command()
def stock(file: OutFile, shop: ShopName) -> None:
    """What lies in the warehouse; edit it and import it again."""
    _export("stock", file, shop)


@app.command()
def listings(file: OutFile, shop: ShopName) -> None:
    """Where each product is offered."""
    _export("listings", file, shop)


@app.command()
def orders(
    file: OutFile,
    shop: ShopName,
    addresses: Annotated[
        bool, typer.Option("--addresses", help="With names, phones and addresses.")
    ] = False,
) -> None:
    """Orders, a row for each line."""
    _export("orders", file, shop, addresses=addresses)


def _export(what: str, file: Path, shop: str, *, addresses: bool = False) -> None:
    startup.boot()
    # Tables can be imported only once Django is set up.
    from django.db import transaction
    from django.utils import translation
    from django.utils.translation import gettext as _

    from yellowcart.core import outbox, tabular
    from yellowcart.inventory.exporting import products_sheet, products_sheet_for, stock_sheet
    from yellowcart.listings.exporting import listings_sheet
    from yellowcart.orders.exporting import orders_sheet
    from yellowcart.shops.queries import find_shop, shop_not_found
    from yellowcart.sources.files.writing import FORMATS

    kind = file.suffix.removeprefix(".").lower()
    with translation.override(language()):
        try:
            found = find_shop(shop)
            if found is None:
                raise shop_not_found()
            if kind not in tabular.KINDS:
                raise Problem("format_unknown", 422, _("A file is either CSV or XLSX."))
            form = what.removeprefix("products-")
            if form != what and form not in FORMATS:
                raise Problem(
                    "format_unknown",
                    422,
                    _("%(format)s is not a format. Choose one of: %(formats)s."),
                    params={"format": form, "formats": ", ".join(["yellowcart", *FORMATS])},
                )
            sheet = {
                f"products-{form}": lambda: products_sheet_for(found, form),
                "products": lambda: products_sheet(found),
                "stock": lambda: stock_sheet(found),
                "listings": lambda: listings_sheet(found),
                "orders": lambda: orders_sheet(found, with_address=addresses),
            }[what]()
            with file.open("wb") as out:
                rows = tabular.write(kind, out, sheet)
        except Problem as problem:
            typer.echo(problem.body(language())["detail"], err=True)
            raise typer.Exit(BAD_INPUT) from problem
        with transaction.atomic():
            outbox.audit(None, "shop.export", f"shop:{found.id}", what=what, kind=kind, rows=rows)
        typer.echo(_("%(rows)s rows written to %(file)s") % {"rows": rows, "file": file})

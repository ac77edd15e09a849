"""``yellowcart report``: figures on the terminal, as JSON or CSV, or as one HTML file."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from yellowcart.core import startup
from yellowcart.core.problems import Problem
from yellowcart.core.terminal import language
from yellowcart.insights.rules import Definition, Dimension

if TYPE_CHECKING:
    from yellowcart.insights.picks import Picks

app = typer.Typer(help="Where the money goes.", no_args_is_help=True)

BAD_INPUT = 2
#: A pipe has no width; wide enough that no row wraps.
PIPE_WIDTH = 200


@app.callback()
def reports() -> None:
    """Where the money goes."""


@app.command()
def gmv(
    start: Annotated[
        str,
        typer.Option(
            "--from", help="First instant, in the platform's zone without an offset; 30 days ago."
        ),
    ] = "",
    until: Annotated[str, typer.Option("--to", help="Instant before which; now.")] = "",
    definition: Annotated[
        Definition, typer.Option(help="placed, paid, or net of refunds and closed orders.")
    ] = Definition.PAID,
    by: Annotated[
        list[Dimension] | None,
        typer.Option("--by", help="What to cut by; may be repeated, the loop if not given."),
    ] = None,
    around: Annotated[
        str, typer.Option(help="Compare before and after this rule's key or instant.")
    ] = "",
    within: Annotated[
        str, typer.Option(help="How far to compare on both sides: 90m, 24h, 7d.")
    ] = "",
    shop: Annotated[str, typer.Option(help="Only this shop, by id or handle.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one HTML file with the plots.")
    ] = None,
) -> None:
    """GMV with its definition: by source, surface, loop or day, and around a cut."""
    if sum((as_json, as_csv, html is not None)) > 1:
        typer.echo("choose one of --json, --csv and --html", err=True)
        raise typer.Exit(BAD_INPUT)
    startup.boot()
    # Tables can be imported only once Django is set up.
    from django.utils import translation

    from yellowcart.insights import export, picks, report
    from yellowcart.insights.rules import Scope
    from yellowcart.shops.queries import get_shop

    with translation.override(language()):
        try:
            picked = picks.read(
                start=start,
                until=until,
                definition=definition,
                by=by or [],
                around_cut=around,
                within=within,
                scope=Scope(shop_id=get_shop(shop).id) if shop else Scope(),
            )
        except Problem as problem:
            typer.echo(problem.body(language())["detail"], err=True)
            raise typer.Exit(BAD_INPUT) from None
        if as_json:
            typer.echo(json.dumps(report.body(picked), ensure_ascii=False, indent=2))
        elif as_csv:
            sys.stdout.write(report.csv_text(picked))
        elif html is not None:
            html.write_text(export.html(picked), encoding="utf-8")
            typer.echo(str(html))
        else:
            _print(picked)


def _print(picked: "Picks") -> None:
    from yellowcart.insights import queries, report
    from yellowcart.insights.board import percent
    from yellowcart.insights.words import DIMENSIONS, MEANINGS, Names

    names = Names()
    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    console.print(str(MEANINGS[picked.definition]), style="dim")
    zone = queries.platform_zone()
    ends = (picked.window.start, picked.window.until)
    console.print(" → ".join(one.astimezone(zone).isoformat(" ", "minutes") for one in ends))
    grid = Table(box=None, pad_edge=False)
    for dimension in picked.by:
        grid.add_column(str(DIMENSIONS[dimension]))
    for heading in ("GMV", "sales", "buyers"):
        grid.add_column(heading, justify="right")
    for row in queries.gmv(picked.window, picked.definition, by=picked.by, scope=picked.scope):
        grid.add_row(
            *(names.of(dimension, row.key[dimension]) for dimension in picked.by),
            f"{report.decimal(row.gmv_minor, row.currency)} {row.currency}",
            str(row.sales),
            str(row.buyers),
        )
    console.print(grid)
    comparison = report.compared(picked)
    if comparison is None:
        return
    cut = comparison.cut.astimezone(zone).isoformat(" ", "minutes")
    console.print(f"\n{picked.cut_name} {cut}".rstrip(), style="bold")
    grid = Table(box=None, pad_edge=False)
    for heading in ("", "before", "after", "change"):
        grid.add_column(heading, justify="right" if heading else "left")
    for change in comparison.changes:
        grid.add_row(
            " · ".join(names.of(*pair) for pair in change.key.items()),
            f"{report.decimal(change.before_minor, change.currency)} {change.currency}",
            f"{report.decimal(change.after_minor, change.currency)} {change.currency}",
            percent(change.change_bps, signed=True),
        )
    for share in comparison.shares:
        grid.add_row(
            f"closed loop's share, {share.currency}",
            percent(share.before_bps),
            percent(share.after_bps),
            "",
        )
    console.print(grid)

"""``yellowcart connections …``: the connected stores and how they are, and reading one now."""

import json
import sys
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from yellowcart.core import startup

app = typer.Typer(help="Connected stores: how they are, and reading one now.", no_args_is_help=True)

BAD_INPUT = 2
#: A pipe has no width; wide enough that no row wraps.
PIPE_WIDTH = 200
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_all(as_json: JsonOption = False) -> None:
    """Every connected store, those in trouble first, with its last hour."""
    startup.boot()
    # Tables can be imported only once Django is set up.
    from yellowcart.connections import health, pictures, queries

    rows = [
        _row(one, health.report_of(one), pictures.progress_of(one))
        for one in queries.all_connections()
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        typer.echo("No store is connected yet.")
        return
    table = Table(*rows[0], box=None)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else PIPE_WIDTH).print(table)


def _row(connection: Any, report: Any, shown: Any) -> dict[str, Any]:
    return {
        "id": str(connection.id),
        "source": connection.source,
        "name": connection.name,
        "shop": connection.shop.handle,
        "state": connection.state,
        "health": report.health,
        "failed_percent": round(report.share_failed * 100, 1),
        "p95_ms": report.p95_ms,
        "orders_waiting": report.orders_waiting,
        "messages_waiting": report.messages_waiting,
        "pictures_waiting": shown.waiting,
        "pictures_failed": shown.failed,
    }


@app.command()
def sync(connection: Annotated[str, typer.Argument(help="Its id; see connections list.")]) -> None:
    """Have a store's catalogue and stock read now, by the worker that runs."""
    startup.boot()
    from yellowcart.connections import queries
    from yellowcart.connections.following import do_read_soon

    try:
        row = queries.all_connections().filter(id=UUID(connection), state="active").first()
    except ValueError:
        row = None
    if row is None:
        typer.echo(f"{connection} is no working connection; see yellowcart connections list")
        raise typer.Exit(BAD_INPUT)
    do_read_soon(row)
    typer.echo(f"{row.name}: its catalogue and stock are read now")

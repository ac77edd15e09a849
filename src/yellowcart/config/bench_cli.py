"""``yellowcart bench …``: figures, each beside a limit measured in the same run."""

import importlib
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from yellowcart.config.commands import refuse

app = typer.Typer(
    no_args_is_help=True, help="Figures, each beside a limit measured in the same run."
)

ROOT = Path(__file__).resolve().parents[3]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def measure(name: str, *, as_json: bool, **options: int) -> None:
    """Run ``bench/<name>.py`` and print its figures."""
    if not (ROOT / "bench" / f"{name}.py").is_file():
        raise refuse(
            f"bench {name} is measured from a source checkout, which has a bench/ folder;"
            " clone the repository and run it there"
        )
    sys.path.insert(0, str(ROOT))
    figures: dict[str, Any] = importlib.import_module(f"bench.{name}").run(**options)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    width = max(len(key) for key in figures)
    for key, value in figures.items():
        typer.echo(f"{key:<{width}}  {value}")


@app.command()
def checkout(
    as_json: JsonOption = False,
    connections: Annotated[int, typer.Option(help="Buyers at once.", min=1, max=1000)] = 256,
) -> None:
    """Durable orders a second over HTTP, beside pgbench and an empty endpoint."""
    measure("checkout", as_json=as_json, connections=connections)


@app.command()
def policy(as_json: JsonOption = False) -> None:
    """Verdicts a second for 10,000 rules, beside a bare dict look-up."""
    measure("policy", as_json=as_json)


@app.command()
def cutover(as_json: JsonOption = False) -> None:
    """From the instant of a cut-over to the last viewer's frame."""
    measure("cutover", as_json=as_json)


@app.command()
def room(
    as_json: JsonOption = False,
    quick: Annotated[bool, typer.Option("--quick", help="A small room, to see it work.")] = False,
) -> None:
    """A full room: deliveries a second, beside bare sockets, socket.io and Channels."""
    measure("room", as_json=as_json, quick=int(quick))


@app.command()
def crash(
    as_json: JsonOption = False,
    kills: Annotated[int, typer.Option(help="How often something dies.", min=1)] = 25,
    seed: Annotated[int, typer.Option(help="The same dice again; 0 takes new ones.")] = 0,
) -> None:
    """Kill servers and the database under load, and check every promise afterwards."""
    measure("crash", as_json=as_json, kills=kills, seed=seed)


@app.command()
def ledger(
    as_json: JsonOption = False,
    orders: Annotated[int, typer.Option(help="Settled orders.", min=1_000)] = 1_000_000,
) -> None:
    """Seal, prove and read the books of a million settled orders."""
    measure("ledger", as_json=as_json, orders=orders)


@app.command()
def bulk(
    as_json: JsonOption = False,
    orders: Annotated[int, typer.Option(help="Orders in the database.", min=400)] = 1_000_000,
) -> None:
    """Every page and list of every role, with so many orders in the database."""
    measure("bulk", as_json=as_json, orders=orders)


@app.command()
def listing(
    as_json: JsonOption = False,
    products: Annotated[int, typer.Option(help="Goods of the store.", min=1_000)] = 10_000,
) -> None:
    """One click on a store's whole catalogue, and once more, beside a bare copy of the rows."""
    measure("listing", as_json=as_json, products=products)


@app.command()
def media(
    as_json: JsonOption = False,
    seconds: Annotated[int, typer.Option(help="How long each step is measured.", min=2)] = 10,
) -> None:
    """What a publisher, a WHEP viewer, and HLS cost, beside decoding and encoding again."""
    measure("media", as_json=as_json, seconds=seconds)

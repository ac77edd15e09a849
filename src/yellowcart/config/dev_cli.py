"""``yellowcart dev …``: for rehearsals, demos and outside checks. Refused in production."""

import json
import os
from dataclasses import asdict
from typing import Annotated

import typer

from yellowcart.config.boot import boot
from yellowcart.config.commands import DataOption, refuse, use_data
from yellowcart.core import clock, home
from yellowcart.core.instants import InstantError, parse_instant

app = typer.Typer(no_args_is_help=True, help="For rehearsals and checks; refused in production.")


@app.callback()
def _refuse_production() -> None:
    if os.environ.get("YELLOWCART_ENV") == "production":
        raise refuse("dev commands are refused when YELLOWCART_ENV=production")


@app.command("clock")
def set_clock(
    instant: Annotated[
        str | None, typer.Argument(help="Where to put the clock; left out: real time.")
    ] = None,
    speed: Annotated[float, typer.Option(help="Seconds it runs a second.")] = 1.0,
) -> None:
    """Put the whole installation on another instant, and print its line over the machine's time."""
    try:
        wanted = parse_instant(instant) if instant else None
    except InstantError as error:
        raise refuse(str(error)) from error
    boot()
    from yellowcart.core.timeline import do_reset_clock, do_set_clock

    if wanted is None:
        do_reset_clock()
    else:
        do_set_clock(wanted, speed)
    typer.echo(json.dumps(asdict(clock.timeline())))


@app.command("flash-sale")
def flash_sale(
    stock: Annotated[int, typer.Option(min=0, max=10**9, help="Pieces of the hot SKU.")] = 100,
    buyers: Annotated[int, typer.Option(min=0, max=100_000, help="Passes to make.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: DataOption = None,
) -> None:
    """Prepare one live room with one hot SKU against a running ``yellowcart up``."""
    use_data(data)
    run = home.running()
    if run is None:
        raise refuse("start it first: yellowcart up (on the same --data folder)")
    boot()
    # Models load once Django is set up.
    from yellowcart.demo.flash_sale import prepare

    sale = prepare(stock, buyers)
    if as_json:
        result = {
            "base_url": run["base_url"],
            **sale,
            "database_url": os.environ["DATABASE_URL"],
        }
        typer.echo(json.dumps(result))
        return
    typer.echo(f"room     {run['base_url']}/rooms/{sale['room_id']}/")
    typer.echo(f"listing  {sale['listing_id']}")
    typer.echo(f"sku      {sale['sku_id']}  ({stock} pieces at {sale['unit_price']} fen)")
    typer.echo(f"passes   {len(sale['passes'])}; --json prints them")


@app.command("source-secret")
def source_secret(source: str) -> None:
    """Print the secret with which a source's connector signs its conversions."""
    boot(database=False)
    from yellowcart.payments.secrets import conversion_secret

    typer.echo(conversion_secret(source))

"""``yellowcart dev …``: for rehearsals, demos and outside checks. Refused in production."""

import json
import os
from dataclasses import asdict
from typing import Annotated

import typer

from yellowcart.config.boot import boot
from yellowcart.core import clock
from yellowcart.core.instants import InstantError, parse_instant

app = typer.Typer(no_args_is_help=True, help="For rehearsals and checks; refused in production.")


@app.callback()
def _refuse_production() -> None:
    if os.environ.get("YELLOWCART_ENV") == "production":
        typer.echo("dev commands are refused when YELLOWCART_ENV=production", err=True)
        raise typer.Exit(2)


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
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    boot()
    from yellowcart.core.timeline import do_reset_clock, do_set_clock

    if wanted is None:
        do_reset_clock()
    else:
        do_set_clock(wanted, speed)
    typer.echo(json.dumps(asdict(clock.timeline())))

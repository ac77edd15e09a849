"""``yellowcart demo …``"""

import asyncio
import json
import time
from dataclasses import asdict
from typing import Annotated

import httpx
import typer

from yellowcart.demo.story import promises
from yellowcart.demo.story.night import BEGINS, Night
from yellowcart.demo.story.stage import StageError, running

app = typer.Typer(no_args_is_help=True, help="Stories, played on a system of their own.")


@app.callback()
def _many() -> None:
    """Keep the word ``cutoff`` even while it is the only story."""


@app.command()
def cutoff(
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Play the night of 15 November 2021 and check every promise; exit 1 if one breaks."""
    began = time.monotonic()

    def say(words: str) -> None:
        if not as_json:
            typer.echo(words)

    say("A Yellowcart of its own is starting …")
    try:
        with running(BEGINS) as stage:
            night = Night(stage, say)
            record = asyncio.run(night.play())
    except (StageError, httpx.HTTPError) as error:
        typer.echo(f"the story broke off: {error}", err=True)
        raise typer.Exit(1) from error
    found = promises.check(record, night.watchers)
    kept = all(one.kept for one in found)
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        typer.echo(
            json.dumps(
                {"kept": kept, "seconds": seconds, "promises": [asdict(one) for one in found]},
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        say("")
        for one in found:
            say(f"  {'kept  ' if one.kept else 'BROKEN'} {one.promise}")
            if not one.kept:
                say(f"         {json.dumps(one.figures, ensure_ascii=False)}")
        say(f"\n{sum(one.kept for one in found)} of {len(found)} promises kept, {seconds} s")
    raise typer.Exit(0 if kept else 1)

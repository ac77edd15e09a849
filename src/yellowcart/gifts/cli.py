"""``yellowcart bag``: check a lucky bag's draw, with nothing but what was published."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from yellowcart.gifts.draw import faults

app = typer.Typer(help="Lucky bags: check a draw.", no_args_is_help=True)

_WORDS = {
    "commit": "the seed, or the terms, are not those that were committed to",
    "entrants": "the list of entrants is not the one that was fixed",
    "winners": "other winners were drawn",
    "unfinished": "it is not drawn yet",
    "malformed": "this is no draw",
}


@app.callback()
def _group() -> None:
    """Lucky bags: check a draw."""


@app.command("verify")
def verify(
    file: Annotated[
        Path, typer.Argument(help="What GET /api/v1/gifts/bags/<id>/draw said; - reads it here.")
    ],
    json_: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check a published draw; exits with 1 where anything does not hold. Needs no database."""
    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    try:
        told = json.loads(text)
    except ValueError:
        told = {}
    found = faults(told if isinstance(told, dict) else {})
    if json_:
        typer.echo(json.dumps({"holds": not found, "faults": found}))
    elif found:
        typer.echo("\n".join(_WORDS[fault] for fault in found))
    else:
        winners = ", ".join(one["pseudonym"] for one in told["winners"]) or "nobody"
        typer.echo(f"The draw holds: {len(told['entrants'])} entrants; won by {winners}.")
    raise typer.Exit(1 if found else 0)

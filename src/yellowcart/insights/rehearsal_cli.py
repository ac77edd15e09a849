"""``yellowcart policy rehearse FILE``: what rules would hit here, before anyone is told.

The command belongs to the policy group but reads figures, so the group gets it from here.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from yellowcart.core import startup
from yellowcart.core.clock import now
from yellowcart.core.money import display_minor
from yellowcart.core.terminal import language
from yellowcart.core.tomlreader import FileError
from yellowcart.policy.cli import JsonOption, app, refuse
from yellowcart.policy.packs import read_packs


@app.command()
def rehearse(
    file: Annotated[Path, typer.Argument(help="A rule pack; announced_at may be left out.")],
    as_json: JsonOption = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print one row for every listing it would hit.")
    ] = False,
) -> None:
    """Whom and what the rules of a file would hit on this installation; changes nothing."""
    startup.boot()
    # Both need the Django that the line above sets up.
    from yellowcart.insights.rehearsal import rehearse as rehearse_rules
    from yellowcart.policy import queries

    try:
        [pack] = read_packs([file], announced_at=now(), sources=queries.known_sources())
    except FileError as error:
        refuse("\n".join(problem.in_language(language()) for problem in error.problems))
    found = rehearse_rules(pack.rules)
    if as_json:
        typer.echo(json.dumps(found.as_json(language()), ensure_ascii=False, indent=2))
    elif as_csv:
        typer.echo(found.csv_text(), nl=False)
    else:
        typer.echo(_account(found.as_json(language())))


def _account(found: dict[str, Any]) -> str:
    chinese = language().startswith("zh")
    names = {
        "listings": ("listings", "挂载"),
        "convertible": ("  of them a click converts", "  其中可一键转自营"),
        "shops": ("shops", "店铺"),
        "creators": ("creators", "主播"),
        "live_rooms": ("rooms live now", "直播中的直播间"),
        "scheduled_rooms": ("rooms scheduled", "已预约的直播间"),
    }
    lines = [f"{words[chinese]}: {found[name]}" for name, words in names.items()]
    label = "近30天成交额（paid）" if chinese else "GMV of the last 30 days (paid)"
    if not found["gmv"]:
        lines.append(f"{label}: 0")
    for loss in found["gmv"]:
        amount = display_minor(loss["gmv_minor"], loss["currency"], language())
        lines.append(f"{label}: {amount} ({loss['sales']})")
    return "\n".join(lines)

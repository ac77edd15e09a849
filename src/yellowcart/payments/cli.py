"""``yellowcart payments …``: which ways to pay are on, and statements held against the books."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from yellowcart.core import startup
from yellowcart.core.terminal import language
from yellowcart.core.texts import Text

if TYPE_CHECKING:
    from yellowcart.payments.models import ReconciliationLine, ReconciliationRun

app = typer.Typer(help="Payment providers: which are on, and reconciliation.", no_args_is_help=True)

TO_LOOK_AT = 1
BAD_INPUT = 2
#: A pipe has no width; wide enough that no row wraps.
PIPE_WIDTH = 200
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def providers(as_json: JsonOption = False) -> None:
    """Which ways to pay are on here, and where each sends its callbacks."""
    startup.boot()
    # Tables can be imported only once Django is set up.
    from yellowcart.payments.providers import PROVIDERS
    from yellowcart.payments.providers.base import callback_url

    found = [
        {"provider": code, "on": provider.is_on(), "callback": callback_url(code)}
        for code, provider in PROVIDERS.items()
    ]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for row in found:
        typer.echo(f"{row['provider']:<8} {'on ' if row['on'] else 'off'} {row['callback']}")


@app.command()
def reconcile(
    provider: Annotated[str, typer.Option("--provider", help="alipay, wechat, stripe, sandbox.")],
    day: Annotated[str, typer.Option("--date", help="The day, like 2021-11-16, in its zone.")],
    file: Annotated[
        Path | None, typer.Option("--file", help="A statement downloaded by hand.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a provider's statement of a day against the books and take in what was missed.

    Exit 1 where something is left for a person to look at.
    """
    try:
        wanted = date.fromisoformat(day)
        data = file.read_bytes() if file else None
    except (ValueError, OSError) as error:
        raise _refuse(str(error)) from error
    startup.boot()
    from yellowcart.core.problems import Problem
    from yellowcart.payments import queries
    from yellowcart.payments.providers.base import ProviderBusyError
    from yellowcart.payments.reconciling import reconcile_by_hand

    try:
        run = reconcile_by_hand(provider, wanted, data=data)
    except (Problem, ProviderBusyError, ValueError) as error:
        raise _refuse(str(error)) from error
    lines = queries.lines_of_run(run.id)
    if as_json:
        typer.echo(json.dumps(_body(run, lines), ensure_ascii=False, indent=2))
    else:
        _print(run, lines)
    if run.to_look_at:
        raise typer.Exit(TO_LOOK_AT)


def _refuse(reason: str) -> typer.Exit:
    typer.echo(reason, err=True)
    return typer.Exit(BAD_INPUT)


def _body(run: "ReconciliationRun", lines: "list[ReconciliationLine]") -> dict[str, Any]:
    return {
        "provider": run.provider,
        "date": run.day.isoformat(),
        "matched": run.matched,
        "repaired": run.repaired,
        "to_look_at": run.to_look_at,
        "lines": [
            {
                "outcome": line.outcome,
                "kind": line.kind,
                "payment_id": str(line.payment_id) if line.payment_id else None,
                "refund_leg_id": str(line.refund_leg_id) if line.refund_leg_id else None,
                "txn": line.txn,
                "amount": line.amount_minor,
                "expected": line.expected_minor,
                "currency": line.currency,
                "note": line.note,
                "at": line.at.isoformat(),
            }
            for line in lines
        ],
    }


def _print(run: "ReconciliationRun", lines: "list[ReconciliationLine]") -> None:
    from yellowcart.core.money import display_minor

    words = language()
    head = Text(
        "{provider} {day}: {matched} as expected, {repaired} taken in now, {left} to look at",
        "{provider} {day}：{matched} 笔相符，{repaired} 笔已补记，{left} 笔需人工核对",
    )
    typer.echo(
        head.in_language(words).format(
            provider=run.provider,
            day=run.day,
            matched=run.matched,
            repaired=run.repaired,
            left=run.to_look_at,
        )
    )
    if not lines:
        return
    table = Table("outcome", "kind", "amount", "expected", "txn", "payment", "note")
    for line in lines:
        expected = line.expected_minor
        table.add_row(
            line.outcome,
            line.kind,
            display_minor(line.amount_minor, line.currency, words),
            "" if expected is None else display_minor(expected, line.currency, words),
            line.txn,
            str(line.payment_id or ""),
            line.note,
        )
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(width=width).print(table)

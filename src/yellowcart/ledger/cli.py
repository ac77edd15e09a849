"""``yellowcart ledger …``: prove the books, and read what is on an account."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from yellowcart.core import startup
from yellowcart.core.terminal import language
from yellowcart.core.texts import Text

if TYPE_CHECKING:
    from yellowcart.ledger.checking import Report
    from yellowcart.ledger.queries import Balance

app = typer.Typer(help="The books: prove them, and read balances.", no_args_is_help=True)

BROKEN = 1
BAD_INPUT = 2
#: A pipe has no width; wide enough that no row wraps.
PIPE_WIDTH = 200
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def check(
    as_json: JsonOption = False,
    anchor: Annotated[
        str,
        typer.Option(metavar="SEQ:HASH", help="The last seal of an earlier check, kept elsewhere."),
    ] = "",
) -> None:
    """Prove every balance from the first entry; exit 1 and name the places where it breaks."""
    kept = _anchor(anchor)
    startup.boot()
    # Tables can be imported only once Django is set up.
    from yellowcart.ledger.checking import check_books
    from yellowcart.ledger.seals import seal_duty

    seal_duty()
    report = check_books(kept)
    if as_json:
        typer.echo(json.dumps(_body(report), ensure_ascii=False, indent=2))
    else:
        _print(report)
    if not report.is_sound:
        raise typer.Exit(BROKEN)


@app.command()
def balances(
    party: Annotated[
        str, typer.Option("--party", help="Such as platform or shop:<id>; all if not given.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """What is on the accounts, as their owners read them: positive where they normally stand."""
    startup.boot()
    from yellowcart.ledger import queries

    found = queries.balances(party or None)
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in found], ensure_ascii=False, indent=2))
        return
    _print_balances(found)


def _anchor(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    seq, _colon, digest = text.partition(":")
    if not seq.isdecimal() or len(digest) != 64:
        _say(
            Text(
                "write --anchor as SEQ:HASH, as an earlier check printed it",
                "--anchor 请写成 SEQ:HASH，即之前校验输出的内容",
            ),
            err=True,
        )
        raise typer.Exit(BAD_INPUT)
    return int(seq), digest


def _say(text: Text, *, err: bool = False) -> None:
    typer.echo(text.in_language(language()), err=err)


def _body(report: "Report") -> dict[str, object]:
    return {
        "sound": report.is_sound,
        "entries": report.entries,
        "postings": report.postings,
        "accounts": report.accounts,
        "waiting": report.waiting,
        "seq": report.seq,
        "head": report.head,
        "totals": report.totals,
        "unknown_accounts": report.unknown_accounts,
        "breaks": [
            {**asdict(each), "words": each.words.in_language(language())} for each in report.breaks
        ],
    }


def _print(report: "Report") -> None:
    _say(
        Text(
            f"{report.entries} entries, {report.postings} postings, {report.accounts} accounts; "
            f"{report.waiting} entries wait for a seal",
            f"{report.entries} 笔分录、{report.postings} 条明细、{report.accounts} 个账户；"
            f"{report.waiting} 笔待封印",
        )
    )
    if report.unknown_accounts:
        names = ", ".join(report.unknown_accounts[:5])
        _say(
            Text(
                f"accounts that the chart does not know: {names}",
                f"会计科目表中没有的账户：{names}",
            )
        )
    for each in report.breaks:
        number = f"#{each.seq} " if each.seq is not None else ""
        typer.echo(f"✗ {number}{each.place}: {each.words.in_language(language())}")
    if report.is_sound:
        _say(Text("Every balance is proven.", "全部余额均已验证。"))
        if report.seq:
            _say(
                Text(
                    f"Keep this elsewhere: --anchor {report.seq}:{report.head}",
                    f"请另行留存：--anchor {report.seq}:{report.head}",
                )
            )
    else:
        _say(Text("The books are broken at the places above.", "账簿在上述位置有误。"))


def _print_balances(found: "list[Balance]") -> None:
    from yellowcart.core.money import display_minor
    from yellowcart.ledger.chart import chart

    known, chosen = chart(), language()
    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
    grid = Table(box=None, pad_edge=False)
    for heading in (Text("party", "参与方"), Text("account", "账户"), Text("balance", "余额")):
        grid.add_column(heading.in_language(chosen))
    grid.columns[-1].justify = "right"
    for row in found:
        amount = known.shown(row.kind, row.amount_minor)
        name = known.kinds[row.kind].name.in_language(chosen)
        grid.add_row(row.party, name, display_minor(amount, row.currency, chosen))
    console.print(grid)

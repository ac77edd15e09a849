"""``yellowcart permit …``: try permit rules on made-up people, check packs, list rules.

None of it needs a database: with ``--platform`` or ``--rules`` those packs are asked, otherwise
the platform that ``YELLOWCART_PLATFORM`` names.
"""

import json
import os
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from yellowcart.core import clock
from yellowcart.core.instants import InstantError, iso, parse_instant
from yellowcart.core.money import parse_minor
from yellowcart.core.terminal import language
from yellowcart.core.tomlreader import FileError, did_you_mean
from yellowcart.people.conditions import PermitName
from yellowcart.people.evidence import conditions_to_json, limits_to_json
from yellowcart.people.facts import FACTS, Fact, Facts, Way
from yellowcart.people.packreader import PermitPack
from yellowcart.people.packs import read_packs, shipped_pack
from yellowcart.people.rules import decide
from yellowcart.policy.cli import JsonOption, refuse

app = typer.Typer(help="Who may go live and sell: try rules, check packs.")

PlatformOption = Annotated[str | None, typer.Option("--platform", help="Ask this platform's pack.")]
RulesOption = Annotated[list[Path] | None, typer.Option("--rules", help="Ask these packs.")]
#: Facts that are given as they are, besides those of :data:`FACTS`.
OTHERS: Final = ("shop_type", "region")
YES: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@app.command()
def check(
    permit: Annotated[PermitName, typer.Option("--permit")],
    at: Annotated[str | None, typer.Option("--at", help="The instant; now if left out.")] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(
            "--fact", help="Such as followers=640, real_name=yes, scores.shop=4.6, region=US."
        ),
    ] = None,
    platform: PlatformOption = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask what a person with these facts would be told. What is not said is not known, or no."""
    asked = [rule for pack in _packs(platform, rules) for rule in pack.rules]
    try:
        instant = parse_instant(at) if at else clock.now()
    except InstantError as error:
        refuse(str(error))
    decision = decide(asked, permit, _facts(fact or [], instant), instant)
    if as_json:
        rule = decision.rule
        said = {
            "permit": permit,
            "outcome": decision.outcome,
            "rule": rule.key if rule else None,
            "revision": rule.revision if rule else None,
            "conditions": conditions_to_json(decision.conditions),
            "pilot": limits_to_json(decision.pilot, rule) or None,
            "next_step": decision.next_step.in_language(language()),
        }
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    typer.echo(f"{decision.outcome}: {decision.rule.key if decision.rule else '–'}")
    for each in decision.conditions:
        mark = "✓" if each.met else "–" if each.waived else "✗"
        typer.echo(f"  {mark} {each.words.in_language(language())}")
    typer.echo(decision.next_step.in_language(language()))


@app.command()
def validate(files: Annotated[list[Path], typer.Argument(help="Permit packs.")]) -> None:
    """Read packs and show everything that is wrong, with file, line and what to write instead."""
    for pack in _read(files):
        count = len(pack.rules)
        typer.echo(f"{pack.file}: {pack.name.in_language(language())}, {count} rules, sound")


@app.command("rules")
def list_rules(
    platform: PlatformOption = None, rules: RulesOption = None, as_json: JsonOption = False
) -> None:
    """List rules by permit and time, with what other sources claim."""
    found = sorted(
        (rule for pack in _packs(platform, rules) for rule in pack.rules),
        key=lambda rule: (list(PermitName).index(rule.permit), rule.effective_from, rule.key),
    )
    rows: list[dict[str, Any]] = [
        {
            "permit": rule.permit,
            "key": rule.key,
            "revision": rule.revision,
            "from": iso(rule.effective_from),
            "until": iso(rule.effective_until) if rule.effective_until else None,
            "in_force": rule.in_force,
            "grade": rule.grade,
            "summary": rule.summary.in_language(language()),
        }
        for rule in found
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("permit", "rule", "from", "until", "", "says")
    for row in rows:
        name = f"{row['key']} r{row['revision']}"
        claim = "" if row["in_force"] else "claim"
        table.add_row(row["permit"], name, row["from"], row["until"] or "", claim, row["summary"])
    Console().print(table)


def _packs(platform: str | None, files: list[Path] | None) -> list[PermitPack]:
    if files:
        return _read(files)
    try:
        return [shipped_pack(platform or os.environ.get("YELLOWCART_PLATFORM", "kuaishou"))]
    except LookupError as error:
        refuse(str(error.args[0]))


def _read(files: list[Path]) -> list[PermitPack]:
    try:
        return read_packs(files)
    except FileError as error:
        refuse("\n".join(problem.in_language(language()) for problem in error.problems))


def _facts(words: list[str], at: datetime) -> Facts:
    values: dict[str, Any] = {"scores": {}, "flags": frozenset()}
    for word in words:
        path, sign, text = word.partition("=")
        name, _dot, inner = path.partition(".")
        if not sign:
            refuse(f"{word!r}: write it like followers=640")
        if name in OTHERS:
            values[name] = text
            continue
        fact = FACTS.get(name)
        if fact is None or fact.is_named != bool(inner):
            refuse(f"{path!r}: {did_you_mean(name, [*FACTS, *OTHERS]).in_language(language())}")
        try:
            _take(values, fact, inner, text, at)
        except (ValueError, KeyError, InvalidOperation):
            refuse(f"{word!r}: {text!r} is no value for {name}")
    return Facts(**values)


def _take(values: dict[str, Any], fact: Fact, inner: str, text: str, at: datetime) -> None:
    """Put one fact where :class:`Facts` has it."""
    if fact.name == "age":
        today = at.date()
        values["birth_date"] = date(today.year - int(text), 1, 1)
    elif fact.name == "account_days":
        values["joined_at"] = at - timedelta(days=int(text))
    elif fact.is_money:
        amount, _space, currency = text.partition(" ")
        values[fact.name] = {currency or "CNY": parse_minor(amount, currency or "CNY")}
    elif fact.name == "scores":
        values["scores"][inner] = Decimal(text)
    elif fact.name == "flags":
        values["flags"] |= {inner} if YES[text.lower()] else set()
    elif fact.way == Way.IS:
        values[fact.name] = YES[text.lower()]
    else:
        values[fact.name] = Decimal(text) if fact.is_decimal else int(text)

"""``yellowcart policy …``: ask for verdicts, check rule packs, read the history.

With ``--platform`` or ``--rules`` a question is answered from the packs alone, without a
database; otherwise from the rules of this installation.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from yellowcart.core import startup
from yellowcart.core.instants import InstantError, parse_instant
from yellowcart.core.problems import Problem
from yellowcart.core.terminal import language
from yellowcart.core.texts import Text
from yellowcart.core.tomlreader import FileError, did_you_mean
from yellowcart.policy.packs import Pack, read_packs
from yellowcart.policy.profiles import UnknownPlatformError, pack_path
from yellowcart.policy.rules import Facts, Rule
from yellowcart.policy.table import RuleTable, compile_rules
from yellowcart.policy.verdicts import Verdict
from yellowcart.policy.words import INTEGRATIONS, SURFACES, USUAL_INTEGRATION, usual_integration

app = typer.Typer(help="Dated channel rules: what may be offered where, and why.")

BAD_INPUT = 2
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")

PlatformOption = Annotated[
    str | None, typer.Option("--platform", help="Ask this platform's history, without a database.")
]
RulesOption = Annotated[
    list[Path] | None, typer.Option("--rules", help="Ask these rule packs, without a database.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def refuse(message: Text | str) -> NoReturn:
    """Say what is wrong with the input on standard error and exit with 2."""
    text = message.in_language(language()) if isinstance(message, Text) else message
    typer.echo(text, err=True)
    raise typer.Exit(BAD_INPUT)


@app.command()
def check(
    source: Annotated[str, typer.Option(help="Where the goods come from, such as youzan.")],
    surface: Annotated[str, typer.Option(help=f"One of {', '.join(SURFACES)}.")],
    at: Annotated[
        str,
        typer.Option(help="The instant; without an offset it is read in the platform's zone."),
    ],
    integration: Annotated[
        str | None,
        typer.Option(help="native, link or supply; the source's usual one when left out."),
    ] = None,
    platform: PlatformOption = None,
    shop: Annotated[str | None, typer.Option(help="A shop's id or handle.")] = None,
    shop_type: Annotated[str | None, typer.Option(help="A type of shop.")] = None,
    creator: Annotated[str | None, typer.Option(help="A creator's id.")] = None,
    rules: RulesOption = None,
    more_rules: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Further files for --rules.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="What was believed at this instant.")] = None,
    as_json: JsonOption = False,
) -> None:
    """May goods of a source be offered on a surface at an instant, and why?"""
    if more_rules and not rules:
        refuse(
            Text(
                en=f"{more_rules[0]}: files of rules follow --rules",
                zh=f"{more_rules[0]}：规则文件请写在 --rules 之后",
            )
        )
    packs = _packs(platform, [*(rules or []), *(more_rules or [])])
    table, zone, sources = _rules_asked(packs)
    _check_words(source, surface, integration, sources)
    facts = Facts(
        source=source,
        integration=integration or sources.get(source) or usual_integration(source),
        surface=surface,
        shop=shop,
        shop_type=shop_type,
        creator=creator,
    )
    if packs is None and shop is not None:
        facts = _shop_facts(facts)
    verdict = table.verdict(
        facts, _instant("--at", at, zone), _instant("--as-of", as_of, zone) if as_of else None
    )
    if as_json:
        typer.echo(json.dumps(verdict.as_json(language()), ensure_ascii=False, indent=2))
    else:
        _print_verdict(facts, verdict, zone)


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Rule packs in TOML.")],
) -> None:
    """Check rule packs; every problem with file, line and key, and what to write instead."""
    for pack in _read(files):
        typer.echo(
            Text(
                en=f"{pack.file}: {len(pack.rules)} rules of {pack.platform} are sound",
                zh=f"{pack.file}：{pack.platform} 的 {len(pack.rules)} 条规则无误",
            ).in_language(language())
        )


@app.command()
def history(platform: PlatformOption = None, as_json: JsonOption = False) -> None:
    """Every rule in the order in which it took effect, with its source's grade."""
    table, zone, _sources = _rules_asked(_packs(platform, []))
    rules = sorted(table.rules, key=lambda rule: (rule.effective_from, rule.key, rule.revision))
    if as_json:
        shown = [rule.as_json(language()) for rule in rules]
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    grid = Table(box=None, pad_edge=False)
    for heading in ("from", "until", "announced", "outcome", "of", "on", "grade", "rule"):
        grid.add_column(heading, overflow="fold")
    for rule in rules:
        grid.add_row(*_history_row(rule, zone))
    # A pipe has no width; wide enough that no row wraps.
    Console(width=None if sys.stdout.isatty() else 240).print(grid)


def _history_row(rule: Rule, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        _local(rule.effective_from, zone),
        _local(rule.effective_until, zone),
        _local(rule.announced_at, zone),
        "withdrawn" if rule.withdrawn else rule.outcome.value,
        _listed(rule.sources) + (f" ({_listed(rule.integrations)})" if rule.integrations else ""),
        _listed(rule.surfaces),
        rule.grade or "–",
        f"{rule.key} r{rule.revision}",
    )


def _listed(selector: frozenset[str] | None) -> str:
    return "any" if selector is None else ", ".join(sorted(selector))


def _local(instant: datetime | None, zone: ZoneInfo) -> str:
    return "–" if instant is None else instant.astimezone(zone).isoformat(" ", "minutes")


def _print_verdict(facts: Facts, verdict: Verdict, zone: ZoneInfo) -> None:
    spoken = language()
    chinese = spoken.startswith("zh")
    lines = [
        f"{verdict.outcome.value}: {facts.source} ({facts.integration}) · {facts.surface}",
        verdict.reason.in_language(spoken),
    ]
    if verdict.rule:
        label = "规则" if chinese else "rule"
        lines.append(f"{label}: {verdict.rule} r{verdict.revision} ({verdict.kind})")
    span = f"{_local(verdict.since, zone)} → {_local(verdict.until, zone)}"
    lines.append(f"{'生效' if chinese else 'in force'}: {span}")
    if verdict.fee_bps is not None:
        lines.append(f"{'费率' if chinese else 'fee'}: {verdict.fee_bps / 100:g} %")
    opened = ", ".join(verdict.open_surfaces) or "–"
    lines.append(f"{'仍开放' if chinese else 'open'}: {opened}")
    if verdict.remedy:
        lines.append(verdict.remedy.in_language(spoken))
    typer.echo("\n".join(lines))


def _packs(platform: str | None, files: list[Path]) -> list[Pack] | None:
    """The packs asked, or ``None`` where the installation's own rules are."""
    if platform is None and not files:
        return None
    try:
        shipped = [pack_path(platform)] if platform is not None else []
    except UnknownPlatformError as error:
        refuse(error.message)
    return _read([*shipped, *files])


def _read(files: list[Path]) -> list[Pack]:
    try:
        return read_packs(files)
    except FileError as error:
        refuse("\n".join(problem.in_language(language()) for problem in error.problems))


def _rules_asked(packs: list[Pack] | None) -> tuple[RuleTable, ZoneInfo, dict[str, str]]:
    """The table asked, the zone its instants are shown in, and each known source's usual way."""
    if packs is not None:
        sources = dict(USUAL_INTEGRATION)
        for pack in packs:
            sources |= pack.sources
        return compile_rules(rule for pack in packs for rule in pack.rules), packs[0].zone, sources
    startup.boot()
    # Queries need Django, which the line above sets up.
    from yellowcart.policy import queries

    return queries.table(), DEFAULT_ZONE, queries.known_sources()


def _shop_facts(facts: Facts) -> Facts:
    # Its sentences are translated, which needs the Django that the caller has set up.
    from yellowcart.policy.subjects import find_shop

    try:
        found = find_shop(str(facts.shop))
    except Problem as problem:
        refuse(str(problem.body(language())["detail"]))
    return facts._replace(shop=found.id, shop_type=facts.shop_type or found.type)


def _check_words(
    source: str, surface: str, integration: str | None, sources: dict[str, str]
) -> None:
    asked = [("--surface", surface, list(SURFACES)), ("--source", source, list(sources))]
    if integration is not None:
        asked.append(("--integration", integration, list(INTEGRATIONS)))
    for option, word, choices in asked:
        if word not in choices:
            hint = did_you_mean(word, choices)
            refuse(
                Text(
                    en=f"{option} {word!r} is unknown; {hint.en}",
                    zh=f"{option} {word!r} 无法识别；{hint.zh}",
                )
            )


def _instant(option: str, text: str, zone: ZoneInfo) -> datetime:
    try:
        return parse_instant(text, zone)
    except InstantError as error:
        refuse(f"{option}: {error}")

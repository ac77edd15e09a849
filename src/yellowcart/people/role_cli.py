"""``yellowcart people …``: who has a role on the platform; how the first operator comes by it."""

import json
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from yellowcart.core import startup
from yellowcart.people.roles import Role

if TYPE_CHECKING:
    from yellowcart.people.models import Account

app = typer.Typer(help="Roles on the platform: list, give, take back.", no_args_is_help=True)

BAD_INPUT = 2
NameArgument = Annotated[str, typer.Argument(help="The name the person signs in with.")]
RoleArgument = Annotated[Role, typer.Argument(help="The role.")]
SourceOption = Annotated[str, typer.Option("--source", help="For source_operator: the source.")]


@app.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Everybody with a role."""
    startup.boot()
    # Tables can be imported only once Django is set up.
    from yellowcart.people.models import RoleGrant

    grants = RoleGrant.objects.select_related("account").order_by("role", "account__username")
    rows = [{"name": one.account.username, "role": one.role, "source": one.scope} for one in grants]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(f"{row['name']:<24} {row['role']} {row['source']}".rstrip())
    if not rows:
        typer.echo("Nobody has a role yet: sign up on the page, then give yourself `operator`.")


@app.command()
def grant(name: NameArgument, role: RoleArgument, source: SourceOption = "") -> None:
    """Give somebody who has signed up a role."""
    account = _account(name)
    from yellowcart.core.problems import Problem
    from yellowcart.people.actions import do_grant_role

    try:
        do_grant_role(account, role, scope=source)
    except Problem as problem:
        _refuse(str(problem.body("en")["detail"]))
    typer.echo(f"{account.username} is {role} now")


@app.command()
def revoke(name: NameArgument, role: RoleArgument, source: SourceOption = "") -> None:
    """Take a role back."""
    account = _account(name)
    from yellowcart.people.actions import do_revoke_role

    if not do_revoke_role(account, role, by=None, scope=source):
        _refuse(f"{account.username} was not {role}")
    typer.echo(f"{account.username} is not {role} any more")


def _account(name: str) -> "Account":
    startup.boot()
    from yellowcart.people.models import Account

    found = Account.objects.filter(username=name).first()
    if found is None:
        _refuse(f"nobody signs in as {name}: sign up at /accounts/signup/ first")
    return found


def _refuse(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(BAD_INPUT)

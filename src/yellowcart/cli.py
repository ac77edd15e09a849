"""Every command a person types."""

import importlib
import importlib.util

import typer

from yellowcart.config import commands
from yellowcart.core import startup

app = typer.Typer(
    name="yellowcart",
    help="Self-hosted live commerce: rooms, a yellow cart, dated channel rules.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

#: Folders with commands of their own, and the word they go under.
GROUPS = {
    "policy": "yellowcart.insights.rehearsal_cli",
    "permit": "yellowcart.people.cli",
    "people": "yellowcart.people.role_cli",
    "import": "yellowcart.inventory.cli",
    "export": "yellowcart.config.export_cli",
    "report": "yellowcart.insights.cli",
    "ledger": "yellowcart.ledger.cli",
    "demo": "yellowcart.demo.cli",
    "payments": "yellowcart.payments.cli",
    "connections": "yellowcart.connections.cli",
    "bag": "yellowcart.gifts.cli",
    "bench": "yellowcart.config.bench_cli",
    "dev": "yellowcart.config.dev_cli",
}
app.registered_commands.extend(commands.app.registered_commands)
for _word, _module in GROUPS.items():
    if importlib.util.find_spec(_module):
        app.add_typer(importlib.import_module(_module).app, name=_word)


def _boot() -> None:
    # Django loads only for commands that need it.
    from yellowcart.config import boot

    boot.boot()
    boot.migrate()
    boot.load_shared_state()
    # Its models need the Django that was just set up.
    from yellowcart.config.install import install

    # A command may be the first to touch a data folder; the platform's rules are there then too.
    install(demo=False)


startup.use(_boot)


def main() -> None:
    """The console script."""
    app()

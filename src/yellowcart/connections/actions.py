"""Connecting a store, and what may be done with a connection. The store is asked outside of
transactions; each verb writes in one."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from babel.numbers import is_currency
from django.conf import settings as installation
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.following import approve_waiting
from yellowcart.connections import events, keeping, queries, rules
from yellowcart.connections.calls import ask, renews
from yellowcart.connections.following import do_read_soon
from yellowcart.connections.lost import give_back_unassigned
from yellowcart.connections.models import Connection, Following
from yellowcart.connections.states import check_transition, not_now
from yellowcart.connections.waking import wake
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.core.sealing import seal, unseal
from yellowcart.listings import paying
from yellowcart.people.models import Account
from yellowcart.shops import actions as shops
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop, is_operator
from yellowcart.sources.connector import Can, Connector, Grant, Store
from yellowcart.sources.connectors.calling import Caller, Pace
from yellowcart.sources.registry import connector_of

#: A person has so long to say yes on the source's page.
CONSENT_SECONDS: Final = 30 * 60
_SALT: Final = "yellowcart.connections.consent"


def do_connect(
    *, actor: Account, shop: Shop, source: str, typed: Mapping[str, str], currency: str = ""
) -> Connection:
    """Connect a store of a source to a shop, by its owner.

    The store is asked who we are to it before anything is kept. Where the source wants a person's
    consent the connection is a draft until :func:`do_finish_consent`. Problems:
    ``shop_forbidden``, ``shop_closed``, ``source_unconnectable``, ``settings_bad`` with a sentence
    for each field, ``store_known``, and what the store answers.
    """
    access_shop(actor, shop.id, "shop")
    connector = connector_of(source)
    if shop.state == "closed":
        raise Problem("shop_closed", 409, _("This shop is closed; nothing can be added to it."))
    if shop.type == "supplier" and shop.source != source:
        raise Problem(
            "source_other", 409, _("This supplier's goods come from another source than this one.")
        )
    currency = currency.strip().upper() or shop.currency
    if not is_currency(currency):
        raise Problem("currency_unknown", 422, _("Write a currency's three letters, such as CNY."))
    found = _cleaned(connector, typed)
    connection_id = new_id()
    row = Connection(
        id=connection_id,
        shop=shop,
        source=source,
        currency=currency,
        identity=_identity(connector, found, None, connection_id),
        settings_sealed=seal(found),
        settings_shown=rules.shown(found, connector.settings),
        connected_by=actor.id,
    )
    if Can.AUTHORISE not in connector.can:
        name, grant = _try(connector, found, currency)
        row.name, row.state = name, "active"
        for column, value in (keeping.grant_fields(grant) if grant else {}).items():
            setattr(row, column, value)
    return _write_new(row, connector, actor)


def _cleaned(connector: Connector, typed: Mapping[str, str]) -> dict[str, str]:
    found, bad = rules.cleaned(typed, connector.settings)
    if bad:
        raise Problem(
            "settings_bad",
            422,
            _("Some of what was entered can't be used; see each field."),
            extra={"errors": [{"where": one.name, "message": str(one.words)} for one in bad]},
        )
    return found


def _identity(
    connector: Connector, found: Mapping[str, str], grant: Grant | None, own: UUID
) -> str:
    """The same for the same store: what must be entered and is no secret, or all where all is, and
    what the source says of the store with its grant. Nobody knows the latter before the store's
    consent, so until then the connection is itself alone (``own``)."""
    plain = {one.name for one in connector.settings if one.required and one.kind != "secret"}
    parts = [f"{name}={found[name]}" for name in sorted((plain or set(found)) & set(found))]
    if connector.identified_by and grant is None:
        parts.append(f"connection={own.hex}")
    elif grant is not None:
        parts += [
            f"{name}={grant.extra[name]}"
            for name in connector.identified_by
            if grant.extra.get(name)
        ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _try(connector: Connector, found: Mapping[str, str], currency: str) -> tuple[str, Grant | None]:
    """Ask a store that is not connected yet for its name, with tokens where it gives them."""
    store = Store(found, Caller(pace=Pace(connector.calls_a_second)), None, currency)
    grant = None
    if renews(connector):
        grant = connector.renew(store)
        store = store.with_grant(grant)
    return connector.check(store).strip()[:120], grant


@transaction.atomic
def _write_new(row: Connection, connector: Connector, actor: Account) -> Connection:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise _known_store() from error
    if row.state == "active":
        _begin(row, connector)
    outbox.audit(
        actor.id,
        "connection.connect",
        f"connection:{row.id}",
        source=row.source,
        shop=str(row.shop_id),
    )
    return row


def _begin(row: Connection, connector: Connector) -> None:
    """A connection becomes active: its supplier's shop is made, and following begins."""
    if queries.supplies(connector) and row.supplier_id is None:
        row.supplier = row.shop if row.shop.type == "supplier" else _open_supplier(row)
        row.save(update_fields=["supplier"])
    at = wall()
    wanted = {
        "catalogue": Can.LIST_CATALOGUE in connector.can,
        "levels": Can.FOLLOW_STOCK in connector.can,
        "conversions": Can.REPORT_CONVERSIONS in connector.can,
    }
    Following.objects.bulk_create(
        [
            # Levels are of goods, so the catalogue comes first.
            Following(connection=row, kind=kind, due_at=at + timedelta(seconds=kind == "levels"))
            for kind, is_wanted in wanted.items()
            if is_wanted
        ],
        ignore_conflicts=True,
    )
    wake(row.id)
    events.announce(row, events.CONNECTED)


def _open_supplier(row: Connection) -> Shop:
    return shops.do_open_shop(
        owner=None,
        name=row.name or row.source,
        type="supplier",
        handle=f"{row.source.replace('_', '-')}-{secrets.token_hex(4)}",
        source=row.source,
        currency=row.currency,
        offered_to=row.shop_id,
    )


# Consent


def callback_url() -> str:
    """Where sources send a person back to; entered in the source's own app settings."""
    return f"{installation.BASE_URL.rstrip('/')}/merchant/connections/consent/"


def webhook_url(connection_id: UUID) -> str:
    """Where a store sends its webhooks."""
    return f"{installation.BASE_URL.rstrip('/')}/api/v1/connections/{connection_id}/webhook"


def do_ask_consent(*, actor: Account, connection_id: UUID) -> str:
    """Where the owner of a shop says yes to us at the source."""
    row = queries.access_connection(actor, connection_id, "shop")
    if row.state not in {"draft", "needs_reauthorising", "active", "paused"}:
        check_transition(row.state, "active")
    connector = connector_of(row.source)
    if Can.AUTHORISE not in connector.can:
        raise Problem("consent_unneeded", 409, _("This source wants no consent. Check its keys."))
    state = signing.dumps([row.id.hex, actor.id.hex], salt=_SALT, compress=True)
    store = Store(unseal(row.settings_sealed), Caller(), None, row.currency)
    return connector.authorise_url(store, callback_url(), state)


def do_finish_consent(*, actor: Account, state: str, code: str) -> Connection:
    """The person came back with a code: tokens for it, and the connection works.

    Only who was sent there may come back, and within half an hour: ``consent_stale``.
    """
    try:
        wanted, sent = signing.loads(state, salt=_SALT, max_age=CONSENT_SECONDS)
    except (signing.BadSignature, ValueError) as error:
        raise _stale() from error
    if sent != actor.id.hex or not code:
        raise _stale()
    row = queries.access_connection(actor, UUID(wanted), "shop")
    if row.state == "closed":
        check_transition(row.state, "active")
    connector = connector_of(row.source)
    grant: Grant = ask(row, "redeem", code, callback_url())
    identity = _identity(connector, unseal(row.settings_sealed), grant, row.id)
    before = keeping.grant_of(row.grant_sealed)
    was_told = before is not None and all(before.extra.get(n) for n in connector.identified_by)
    if was_told and identity != row.identity:
        raise _other_store()
    same = Connection.objects.filter(shop=row.shop, source=row.source, identity=identity)
    if same.exclude(id=row.id).exclude(state="closed").exists():
        raise _known_store()
    keeping.do_keep_grant(row.id, grant)
    row.refresh_from_db()
    name = ask(row, "check").strip()[:120]
    return _activate(row.id, name, identity, connector, actor)


def _other_store() -> Problem:
    return Problem(
        "store_other",
        409,
        _("This is another store. Connect it as a new one, and disconnect this."),
    )


def _known_store() -> Problem:
    return Problem("store_known", 409, _("This store is connected already. Look at its page."))


def _stale() -> Problem:
    return Problem(
        "consent_stale", 422, _("This consent is too old or was asked by somebody else. Ask again.")
    )


@transaction.atomic
def _activate(
    connection_id: UUID, name: str, identity: str, connector: Connector, actor: Account
) -> Connection:
    row = _locked(connection_id)
    if row.state != "active":
        check_transition(row.state, "active")
    row.name, row.state, row.identity = name, "active", identity
    row.breaker, row.failures, row.breaker_until = "closed", 0, None
    columns = ["name", "state", "identity", "breaker", "failures", "breaker_until"]
    try:
        with transaction.atomic():
            row.save(update_fields=columns)
    except IntegrityError as error:
        # Two people let the same store in at the same moment.
        raise _known_store() from error
    _begin(row, connector)
    outbox.audit(actor.id, "connection.consent", f"connection:{row.id}")
    return row


# What may be done later


def do_replace_settings(
    *, actor: Account, connection_id: UUID, typed: Mapping[str, str]
) -> Connection:
    """Enter a store's settings anew; an empty secret keeps the one there is. Checked first."""
    row = queries.access_connection(actor, connection_id, "shop")
    connector = connector_of(row.source)
    if row.state == "closed":
        check_transition(row.state, "active")
    kept = unseal(row.settings_sealed) if row.settings_sealed else {}
    secret = {one.name for one in connector.settings if one.kind == "secret"}
    whole = {
        one.name: typed.get(one.name, "").strip()
        or (kept.get(one.name, "") if one.name in secret else "")
        for one in connector.settings
    }
    found = _cleaned(connector, whole)
    if _identity(connector, found, keeping.grant_of(row.grant_sealed), row.id) != row.identity:
        raise _other_store()
    if Can.AUTHORISE in connector.can:
        return _keep_settings(row.id, connector, found, None, actor)
    _name, grant = _try(connector, found, row.currency)
    return _keep_settings(row.id, connector, found, grant, actor)


@transaction.atomic
def _keep_settings(
    connection_id: UUID,
    connector: Connector,
    found: Mapping[str, str],
    grant: Grant | None,
    actor: Account,
) -> Connection:
    row = _locked(connection_id)
    row.settings_sealed = seal(found)
    row.settings_shown = rules.shown(found, connector.settings)
    for column, value in (keeping.grant_fields(grant) if grant else {}).items():
        setattr(row, column, value)
    if row.state == "needs_reauthorising" and Can.AUTHORISE not in connector.can:
        row.state = "active"
        row.breaker, row.failures, row.breaker_until = "closed", 0, None
    row.save()
    wake(row.id)
    outbox.audit(actor.id, "connection.settings", f"connection:{row.id}")
    return row


@transaction.atomic
def do_pause(*, actor: Account, connection_id: UUID) -> Connection:
    """Ask the store nothing until :func:`do_resume`: by its shop, or by an operator."""
    return _move(actor, connection_id, "paused")


@transaction.atomic
def do_resume(*, actor: Account, connection_id: UUID) -> Connection:
    """Go on with a paused connection; what is due is done now."""
    row = _move(actor, connection_id, "active")
    wake(row.id)
    return row


@transaction.atomic
def do_disconnect(*, actor: Account, connection_id: UUID) -> Connection:
    """End a connection; see :func:`closing.consequences` for what is said before.

    Its secrets and tokens are forgotten. Goods of a supplier that was made for it leave the shelf,
    and so do their copies; links that were made for it lead nobody any more. Orders that it took
    already are the shop's to look after.
    """
    row = queries.access_connection(actor, connection_id, "shop")
    row = _locked(row.id)
    check_transition(row.state, "closed")
    give_back_unassigned(row)
    row.state, row.closed_at, row.work_at = "closed", wall(), None
    row.settings_sealed = row.grant_sealed = b""
    row.grant_expires_at = row.renew_at = None
    row.save()
    Following.objects.filter(connection=row).update(due_at=None, is_running=False)
    paying.do_end(row.id)
    supplier = row.supplier
    if supplier is not None and supplier.offered_to == row.shop_id and supplier.state != "closed":
        shops.do_set_state(actor=None, shop=supplier, state="closed")
    events.announce(row, events.CLOSED)
    outbox.audit(actor.id, "connection.close", f"connection:{row.id}")
    return row


@transaction.atomic
def do_sync(*, actor: Account, connection_id: UUID) -> Connection:
    """Read the store's catalogue and stock now instead of at their time."""
    row = queries.access_connection(actor, connection_id, "goods")
    row = _locked(row.id)
    if row.state != "active":
        raise not_now(row.state)
    do_read_soon(row)
    return row


@transaction.atomic
def do_set_approval(*, actor: Account, connection_id: UUID, approves: bool) -> Connection:
    """Let a connection's goods pass without a review each, or not any more. Operators only."""
    if not is_operator(actor):
        raise Problem(
            "operator_only", 403, _("Only the platform's operators may spare goods the review.")
        )
    row = _locked(queries.access_connection(actor, connection_id).id)
    if row.approves != approves:
        row.approves = approves
        row.save(update_fields=["approves"])
        outbox.audit(actor.id, "connection.approval", f"connection:{row.id}", approves=approves)
    if approves and row.supplier is not None:
        approve_waiting(row.supplier, actor.id)
    return row


def _move(actor: Account, connection_id: UUID, state: str) -> Connection:
    row = queries.access_connection(actor, connection_id)
    if not is_operator(actor):
        row = queries.access_connection(actor, connection_id, "goods")
    row = _locked(row.id)
    check_transition(row.state, state)
    row.state = state
    row.save(update_fields=["state"])
    outbox.audit(actor.id, f"connection.{state}", f"connection:{row.id}")
    return row


def _locked(connection_id: UUID) -> Connection:
    return (
        Connection.objects.select_related("shop", "supplier")
        .select_for_update(no_key=True, of=("self",))
        .get(id=connection_id)
    )

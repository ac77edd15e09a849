"""Verbs of an application's life."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from oauth2_provider.generators import generate_client_secret

from yellowcart.core.outbox import audit
from yellowcart.core.problems import Problem
from yellowcart.developers import queries, rules
from yellowcart.developers.models import (
    AccessToken,
    Application,
    AuthorizationCode,
    RefreshToken,
    Webhook,
)
from yellowcart.people.models import Account
from yellowcart.people.scopes import known


def _invalid(detail: "str | Promise") -> Problem:
    return Problem("application_invalid", 422, detail)


def _check(name: str, scopes: Sequence[str], redirects: Sequence[str]) -> None:
    if not name.strip() or len(name) > rules.LONGEST_NAME:
        raise _invalid(_("Give the application a name, 80 letters at most."))
    if not scopes or len(known(list(scopes))) != len(set(scopes)):
        raise _invalid(_("Choose at least one scope, and only such as are listed."))
    if len(redirects) > rules.MOST_REDIRECTS or not all(map(rules.is_redirect, redirects)):
        raise _invalid(
            _("Return addresses begin with https://, for tests with http://127.0.0.1; at most 10.")
        )


@transaction.atomic
def do_make_application(
    *,
    actor: Account,
    name: str,
    reach: str,
    scopes: Sequence[str],
    redirect_uris: Sequence[str] = (),
    keeps_secret: bool = True,
) -> tuple[Application, str]:
    """An application and its secret, which is shown this once; empty where it keeps none.

    ``reach`` is a word of ``queries.reaches_for``; ``keeps_secret`` is false of programs on
    people's own devices. Problems: ``application_invalid`` 422, ``reach_refused`` 403,
    ``too_many_applications`` 409.
    """
    _check(name, scopes, redirect_uris)
    if not keeps_secret and not redirect_uris:
        raise _invalid(_("A program without a secret needs a return address."))
    Account.objects.select_for_update(no_key=True).only("id").get(pk=actor.pk)
    if Application.objects.filter(user=actor).count() >= rules.MOST_APPLICATIONS:
        raise Problem(
            "too_many_applications", 409, _("You have 20 applications. Delete one you don't need.")
        )
    granted = queries.access_reach(actor, reach)
    secret = generate_client_secret() if keeps_secret else ""
    application = Application.objects.create(
        user=actor,
        name=name.strip(),
        shop_id=granted.shop_id,
        installation=granted.installation,
        scopes=" ".join(known(list(scopes))),
        redirect_uris=" ".join(redirect_uris),
        client_type=(
            Application.CLIENT_CONFIDENTIAL if keeps_secret else Application.CLIENT_PUBLIC
        ),
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        client_secret=secret,
    )
    audit(actor.id, "application.made", str(application.id), name=application.name)
    return application, secret


@transaction.atomic
def do_change_application(
    *,
    actor: Account,
    application_id: int,
    name: str,
    scopes: Sequence[str],
    redirect_uris: Sequence[str],
) -> Application:
    """Another name, other scopes or return addresses. A scope that goes, goes at once."""
    application = queries.access_application(actor, application_id)
    _check(name, scopes, redirect_uris)
    application.name = name.strip()
    application.scopes = " ".join(known(list(scopes)))
    application.redirect_uris = " ".join(redirect_uris)
    application.save(update_fields=["name", "scopes", "redirect_uris", "updated"])
    audit(actor.id, "application.changed", str(application.id), scopes=application.scopes)
    return application


@transaction.atomic
def do_renew_secret(*, actor: Account, application_id: int) -> tuple[Application, str]:
    """A new secret in place of the old, which ends at once; tokens in hand stay."""
    application = queries.access_application(actor, application_id)
    if application.client_type != Application.CLIENT_CONFIDENTIAL:
        raise _invalid(_("This program keeps no secret."))
    secret = generate_client_secret()
    application.client_secret = secret
    application.save(update_fields=["client_secret", "updated"])
    audit(actor.id, "application.secret_renewed", str(application.id))
    return application, secret


@transaction.atomic
def do_delete_application(*, actor: Account, application_id: int) -> None:
    """The application with its tokens, webhooks and log."""
    application = queries.access_application(actor, application_id)
    audit(actor.id, "application.deleted", str(application.id), name=application.name)
    application.delete()


@transaction.atomic
def do_disconnect(
    *, actor: Account, application_id: int, shop_id: UUID | None, installation: bool
) -> None:
    """Take back what the person allowed: tokens and webhooks of that reach end at once."""
    reach = {"application_id": application_id, "shop_id": shop_id, "installation": installation}
    for model in (AuthorizationCode, RefreshToken, AccessToken):
        model.objects.filter(user=actor, **reach).delete()
    Webhook.objects.filter(account=actor, **reach).delete()
    audit(actor.id, "application.disconnected", str(application_id))

"""Who may come in: the one way in which pages and the API ask for a person and a role.

``access_*`` takes ``request.user`` and gives the account back, or raises a
:class:`~yellowcart.core.problems.Problem`: 401 ``sign_in_required`` to a stranger, 403
``forbidden`` or ``account_blocked`` to the others. The API shows the problem as it is. Pages wear
:func:`page`, or call ``access_*`` themselves; the pages' middleware sends strangers to sign in and
shows the others the sentence.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.people import queries
from yellowcart.people.models import Account

User = AbstractBaseUser | AnonymousUser
Access = Callable[[User], Account]
P = ParamSpec("P")


def forbidden(detail: "str | Promise") -> Problem:
    """A refusal to somebody who is signed in; the sentence says who may and what to do."""
    return Problem("forbidden", HTTPStatus.FORBIDDEN, detail)


def access_person(user: User) -> Account:
    """Whoever is signed in and not blocked."""
    if not isinstance(user, Account):
        raise Problem(
            "sign_in_required", HTTPStatus.UNAUTHORIZED, _("Sign in first, then try again.")
        )
    if user.blocked_at is not None:
        raise Problem(
            "account_blocked",
            HTTPStatus.FORBIDDEN,
            _("This account is blocked. Ask the platform's operator why, and how to lift it."),
        )
    return user


def access_operator(user: User) -> Account:
    """An operator of the platform."""
    account = access_person(user)
    if not queries.is_operator(account):
        raise forbidden(
            _("This is for the platform's operators. Ask one of them to give you the role.")
        )
    return account


def access_creator(user: User) -> Account:
    """A creator, whether or not any permit is granted yet."""
    account = access_person(user)
    if not queries.is_creator(account):
        raise forbidden(_("This is for creators. Become one on the page of your permits first."))
    return account


def access_moderator(user: User) -> Account:
    """A moderator of the whole platform, or an operator."""
    account = access_person(user)
    if not queries.is_moderator(account):
        raise forbidden(
            _("This is for the platform's moderators. Ask an operator to give you the role.")
        )
    return account


def access_source_operator(user: User, source: str) -> Account:
    """Who speaks for a source, such as Youzan's own people, or an operator."""
    account = access_person(user)
    if source not in queries.sources_spoken_for(account) and not queries.is_operator(account):
        raise forbidden(
            _("This is for the people of that source. Ask an operator to give you the role.")
        )
    return account


def page(
    access: Access = access_person,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """A page for those whom ``access`` lets in: ``@page(access_operator)``."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            access(request.user)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


operator_page = page(access_operator)
creator_page = page(access_creator)
person_page = page(access_person)

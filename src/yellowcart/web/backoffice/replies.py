"""From what an action answered to what the person sees."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import get_language

from yellowcart.core.problems import Problem

#: What the person can mend on the page they are on, or try again there when somebody else's server
#: answers again; the others get a page of their own.
_MENDABLE = frozenset(
    {
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


def sentence(problem: Problem) -> str:
    """A problem's sentence in the reader's language."""
    return str(problem.body(get_language() or "en")["detail"])


def is_mendable(problem: Problem) -> bool:
    """Whether the page should stay and show the sentence, rather than give way to it."""
    return problem.status in _MENDABLE or (
        problem.status == HTTPStatus.FORBIDDEN
        and not problem.extra.keys().isdisjoint({"verdict", "permit"})
    )


#: A refusal that carries one of these says how to come by the right.
_EXPLAINED = {"verdict", "permit"}


@contextmanager
def told(request: HttpRequest, done: "str | Promise | None" = None) -> Iterator[None]:
    """Run an action and say how it went as a message on the next page.

    A problem that the person can mend becomes an error message; any other goes on its way.
    """
    try:
        yield
    except Problem as problem:
        if not is_mendable(problem):
            raise
        messages.error(request, sentence(problem))
    else:
        if done is not None:
            messages.success(request, str(done))


def put_on_form(form: forms.BaseForm, problem: Problem, field: str | None = None) -> None:
    """Show a problem on a form: beside the fields its ``errors`` name, else beside ``field``.

    What belongs to no field stands above the form. A problem that the person can't mend is
    raised again.
    """
    if not is_mendable(problem):
        raise problem
    errors = problem.extra.get("errors")
    if not errors:
        form.add_error(field, sentence(problem))
        return
    for error in errors:
        where = error["where"]
        form.add_error(where if where in form.fields else None, error["message"])


def uuids(values: Iterable[str]) -> list[UUID]:
    """The ids among what a form sent; anything else is left out."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found

"""The page on which a person lets an application in: who asks, for what, and how far."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from oauth2_provider.forms import AllowForm
from oauth2_provider.views import AuthorizationView

from yellowcart.core.problems import Problem
from yellowcart.developers.models import Application
from yellowcart.developers.queries import access_reach, reaches_for
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.people.scopes import SCOPES, known


def reach_words(account: Account) -> list[tuple[str, Any]]:
    """How far an application may reach, for the person to choose from."""
    words = {
        "installation": _("The whole platform, as operator"),
        "own": _("Only my own things: rooms, videos, my own money"),
    }
    return [(word, shop.name if shop else words[word]) for word, shop in reaches_for(account)]


class ConsentForm(AllowForm):
    """The toolkit's hidden fields, and the reach that the person chooses."""

    reach = forms.CharField(max_length=60)


class Consent(AuthorizationView):
    """Asks the person every time: the reach is theirs to choose, not the application's."""

    template_name = "developers/consent.html"
    form_class = ConsentForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; ``approval_prompt`` can't skip it."""
        access_person(request.user)
        asked = request.GET.copy()
        asked.pop("approval_prompt", None)
        request.GET = asked  # type: ignore[assignment]
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        """Back to the application with a code, or with the refusal."""
        access_person(self.request.user)
        if not Application.objects.filter(client_id=form.cleaned_data["client_id"]).exists():
            return self.form_invalid(form)
        answer: HttpResponse = super().form_valid(form)
        return answer

    def form_invalid(self, form: ConsentForm) -> HttpResponse:
        """What was sent is no answer to the page."""
        raise Problem(
            "invalid_request",
            422,
            _("This page was sent incompletely. Begin again in the application."),
        )

    def create_authorization_response(
        self, request: HttpRequest, scopes: str, credentials: dict[str, Any], allow: bool
    ) -> Any:
        """The toolkit's, with the chosen reach."""
        account = access_person(request.user)
        if allow:
            credentials["reach"] = access_reach(account, request.POST.get("reach", ""))
        return super().create_authorization_response(request, scopes, credentials, allow)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if "application" in context:
            context["asked"] = [SCOPES[scope] for scope in known(context["scopes"])]
            context["reaches"] = reach_words(access_person(self.request.user))
        return context

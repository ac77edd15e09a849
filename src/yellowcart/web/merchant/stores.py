"""Connected stores of a shop: connect one, see how it is, what it sends, and let it go."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.connections import actions, health, listing, queries, supplying, telling
from yellowcart.connections.models import ListingRun, Supply
from yellowcart.core.problems import Problem
from yellowcart.people.access import access_person, person_page
from yellowcart.sources.connector import Can, Connector, Setting
from yellowcart.sources.registry import connector_of
from yellowcart.web.backoffice.replies import put_on_form, told
from yellowcart.web.backoffice.stores import said, shown, told_of
from yellowcart.web.merchant import pictures
from yellowcart.web.merchant.access import Desk, shop_page, show, store_of

PAGE = 30


class SettingsForm(forms.Form):
    """What a source's connector asks for; a secret that is kept need not be typed again."""

    def __init__(
        self, *args: Any, connector: Connector, kept: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._kept = kept
        for one in connector.settings:
            self.fields[one.name] = self._field(one)

    def _field(self, one: Setting) -> forms.Field:
        is_secret = one.kind == "secret"
        kept = self._kept or {}
        return forms.CharField(
            label=str(one.label),
            help_text=str(one.help),
            required=one.required and not (is_secret and one.name in kept),
            initial="" if is_secret else kept.get(one.name, ""),
            max_length=4_000,
            widget=forms.PasswordInput(
                attrs={"autocomplete": "off", "placeholder": kept.get(one.name, "")}
            )
            if is_secret
            else forms.TextInput(attrs={"autocomplete": "off"}),
        )

    def take(self, problem: Problem) -> None:
        """Put a refusal where it belongs."""
        for error in problem.extra.get("errors", ()):
            if error["where"] in self.fields:
                self.add_error(error["where"], error["message"])
        if not problem.extra.get("errors"):
            put_on_form(self, problem)


class CurrencyForm(forms.Form):
    """The currency of a store's prices."""

    currency = forms.CharField(
        label=_("Currency of its prices"),
        max_length=3,
        min_length=3,
        help_text=_("Three letters, such as CNY or USD."),
    )


@shop_page()
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The shop's connected stores, and the sources to connect one of."""
    rows = [shown(row) for row in queries.connections_of(desk.shop.id)]
    context = {
        "rows": rows,
        "sources": queries.connectable() if desk.may("shop") else [],
        "runs": listing.runs_of(desk.shop.id)[:5],
    }
    return show(request, desk, "merchant/stores.html", context, here="stores")


@shop_page("shop")
def connect(request: HttpRequest, desk: Desk, source: str) -> HttpResponse:
    """Type in what the source asks for; the store is asked who we are before it is kept."""
    connector = connector_of(source)
    data = request.POST or None
    form = SettingsForm(data, connector=connector)
    currency = CurrencyForm(data, initial={"currency": desk.shop.currency})
    if request.method == "POST" and form.is_valid() and currency.is_valid():
        try:
            row = actions.do_connect(
                actor=desk.account,
                shop=desk.shop,
                source=source,
                typed=form.cleaned_data,
                currency=currency.cleaned_data["currency"],
            )
            if row.state == "draft":
                return redirect(actions.do_ask_consent(actor=desk.account, connection_id=row.id))
        except Problem as problem:
            form.take(problem)
        else:
            messages.success(request, _("The store is connected. Its goods are on their way."))
            return redirect(desk.url("store", connection_id=row.id))
    context = {
        "connector": connector,
        "form": form,
        "currency": currency,
        "callback": actions.callback_url() if Can.AUTHORISE in connector.can else "",
    }
    status = 422 if request.method == "POST" else 200
    return show(request, desk, "merchant/store_connect.html", context, here="stores", status=status)


@person_page
def consent(request: HttpRequest) -> HttpResponse:
    """A person comes back from the source, with a code or without."""
    account = access_person(request.user)
    row = actions.do_finish_consent(
        actor=account,
        state=request.GET.get("state", ""),
        code=request.GET.get("code", request.GET.get("auth_code", "")),
    )
    messages.success(request, _("The store is connected. Its goods are on their way."))
    places = {"handle": row.shop.handle, "connection_id": row.id}
    return redirect(reverse("merchant:store", kwargs=places))


@shop_page()
def detail(request: HttpRequest, desk: Desk, connection_id: UUID) -> HttpResponse:
    """A store: how far its goods are, its orders, and what can be done."""
    row = store_of(desk, connection_id)
    context = {**shown(row), "shop": desk.shop}
    if request.headers.get("HX-Request") == "true":
        return render(request, "backoffice/store_following.html", context)
    connector = connector_of(row.source)
    orders = Supply.objects.filter(connection=row).order_by("-created_at", "-id")
    context |= {
        "connector": connector,
        "settings": [
            (one.label, row.settings_shown[one.name])
            for one in connector.settings
            if one.name in row.settings_shown
        ],
        "webhook": actions.webhook_url(row.id) if Can.RECEIVE_WEBHOOKS in connector.can else "",
        "wants_consent": Can.AUTHORISE in connector.can,
        "orders": Paginator(orders, PAGE).get_page(request.GET.get("page")),
        "changes": queries.latest_changes(row),
        "to_settle": queries.to_settle(desk.shop.id).filter(connection=row).count(),
        "runs": health.latest_runs(row),
        "consequences": health.consequences_of(row),
        **pictures.of_store(desk, row),
    }
    return show(request, desk, "merchant/store.html", context, here="stores")


@shop_page()
def store_health(request: HttpRequest, desk: Desk, connection_id: UUID) -> HttpResponse:
    """The last hour of a store, and what waits."""
    row = store_of(desk, connection_id)
    context = {**shown(row), **told_of(row)}
    return show(request, desk, "merchant/store_health.html", context, here="stores")


@shop_page("shop")
def settings(request: HttpRequest, desk: Desk, connection_id: UUID) -> HttpResponse:
    """Type in a store's keys anew."""
    row = store_of(desk, connection_id, "shop")
    connector = connector_of(row.source)
    form = SettingsForm(request.POST or None, connector=connector, kept=row.settings_shown)
    if request.method == "POST" and form.is_valid():
        try:
            actions.do_replace_settings(
                actor=desk.account, connection_id=row.id, typed=form.cleaned_data
            )
        except Problem as problem:
            form.take(problem)
        else:
            messages.success(request, _("The new keys work and are kept."))
            return redirect(desk.url("store", connection_id=row.id))
    context = {"row": row, "connector": connector, "form": form}
    status = 422 if request.method == "POST" else 200
    return show(request, desk, "merchant/store_keys.html", context, here="stores", status=status)


@require_POST
@shop_page()
def step(request: HttpRequest, desk: Desk, connection_id: UUID, verb: str) -> HttpResponse:
    """Pause, resume, read now, consent or disconnect."""
    store_of(desk, connection_id)
    act: dict[str, tuple[Any, Any]] = {
        "pause": (actions.do_pause, _("The store is asked nothing until you go on.")),
        "resume": (actions.do_resume, _("The store is connected again.")),
        "sync": (actions.do_sync, _("The store's goods and stock are read now.")),
        "disconnect": (actions.do_disconnect, _("The store is disconnected.")),
    }
    if verb == "consent":
        return redirect(actions.do_ask_consent(actor=desk.account, connection_id=connection_id))
    do, words = act[verb]
    with told(request, words):
        do(actor=desk.account, connection_id=connection_id)
    if verb == "disconnect":
        return redirect(desk.url("stores"))
    return redirect(desk.url("store", connection_id=connection_id))


@require_POST
@shop_page("goods")
def hand_over(
    request: HttpRequest, desk: Desk, connection_id: UUID, supply_id: UUID
) -> HttpResponse:
    """Hand an order over once more that the supplier gave back."""
    row = store_of(desk, connection_id, "goods")
    supply = Supply.objects.filter(connection=row, id=supply_id).first()
    if supply is None:
        raise queries.connection_not_found()
    with told(request, _("The order is handed over once more.")):
        supplying.do_hand_over_again(supply=supply)
    return redirect(desk.url("store", connection_id=connection_id))


@require_POST
@shop_page("refund")
def settled(request: HttpRequest, desk: Desk, connection_id: UUID, change_id: UUID) -> HttpResponse:
    """A refund was settled with the supplier by hand."""
    store_of(desk, connection_id, "refund")
    with told(request, _("Noted: it is settled with the supplier.")):
        change = telling.do_settle_by_hand(actor=desk.account, change_id=change_id)
        if change.supply.shop_id == desk.shop.id:
            return redirect(desk.url("order", order_id=change.supply.order_id))
    return redirect(desk.url("store", connection_id=connection_id))


@shop_page()
def run(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """How far one click is. The page asks again while it runs."""
    found = listing.access_run(desk.account, run_id)
    if found.shop_id != desk.shop.id:
        raise Problem("run_not_found", 404, _("There is no such run in your shops."))
    context = {
        "shop": desk.shop,
        "run": found,
        **_progress(found),
        **pictures.of_run(desk, found),
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "merchant/listing_progress.html", context)
    return show(request, desk, "merchant/listing_run.html", context, here="supply")


def _progress(run: ListingRun) -> dict[str, Any]:
    return {
        "running": run.state in {"waiting", "running"},
        "share": run.done * 100 // run.total if run.total else 0,
        "problem": said(run.problem),
        "listed": run.created + run.changed + run.unchanged,
    }

"""Before a shop is chosen: which one, or a new one; and afterwards, the shop and its people."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yellowcart.core.problems import Problem
from yellowcart.people.access import access_person, person_page
from yellowcart.people.models import Account
from yellowcart.shops import actions, queries, rules
from yellowcart.shops.models import ShopMember, ShopType
from yellowcart.web.backoffice.replies import put_on_form, told
from yellowcart.web.base import words
from yellowcart.web.merchant.access import Desk, shop_page, show

ROLES = {
    "owner": _("Owner: everything, members included"),
    "manager": _("Manager: goods, stock and orders"),
    "staff": _("Staff: stock and shipping"),
}

#: Everything but a supplier, which an operator sets up with its source.
OPENABLE = [value for value in ShopType.values if value != ShopType.SUPPLIER]


class OpenForm(forms.Form):
    """A new shop."""

    name = forms.CharField(label=_("Name"), max_length=120)
    type = forms.ChoiceField(
        label=_("Type of shop"),
        choices=[(value, words.SHOP_TYPES[value]) for value in OPENABLE],
        initial=ShopType.PERSONAL,
    )
    handle = forms.CharField(
        label=_("Address of the shop page"),
        max_length=60,
        required=False,
        help_text=_("3 to 60 of a-z, 0-9 and hyphens. Left empty, it is made from the name."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    description = forms.CharField(
        label=_("What buyers should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ShopForm(forms.Form):
    """What a shop shows of itself."""

    name = forms.CharField(label=_("Name"), max_length=120)
    description = forms.CharField(
        label=_("What buyers should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class MemberForm(forms.Form):
    """Somebody who shall work in the shop."""

    who = forms.CharField(
        label=_("User name or handle"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLES.items()), initial="staff")

    def clean_who(self) -> Account:
        """The account that is meant."""
        name = self.cleaned_data["who"].strip().removeprefix("@")
        account = (
            Account.objects.filter(username=name).first()
            or Account.objects.filter(handle=name.lower()).first()
        )
        if account is None:
            raise forms.ValidationError(_("Nobody here has this user name or handle."))
        return account


@person_page
def home(request: HttpRequest) -> HttpResponse:
    """The shops of the reader: straight into the only one, else the choice."""
    shops = list(queries.shops_of(access_person(request.user)))
    if len(shops) == 1:
        return redirect("merchant:dashboard", handle=shops[0].handle)
    roles = dict(
        ShopMember.objects.filter(account=access_person(request.user)).values_list(
            "shop_id", "role"
        )
    )
    rows = [{"shop": shop, "role": ROLES[roles[shop.id]]} for shop in shops]
    return render(request, "merchant/home.html", {"rows": rows})


@person_page
def open_shop(request: HttpRequest) -> HttpResponse:
    """Open a shop; whoever opens it owns it."""
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            shop = actions.do_open_shop(owner=access_person(request.user), **form.cleaned_data)
        except Problem as problem:
            put_on_form(form, problem, field="handle" if "handle" in problem.code else None)
        else:
            messages.success(request, _("The shop is open. Now give it goods to sell."))
            return redirect("merchant:dashboard", handle=shop.handle)
    status = 422 if request.method == "POST" else 200
    return render(request, "merchant/open.html", {"form": form}, status=status)


@shop_page()
def settings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The shop's face and its people."""
    which = request.POST.get("form", "")
    shop_form = ShopForm(
        request.POST if which == "shop" else None,
        initial={"name": desk.shop.name, "description": desk.shop.description},
    )
    member_form = MemberForm(request.POST if which == "member" else None)
    if which == "shop" and shop_form.is_valid():
        with told(request, _("Saved.")):
            actions.do_edit_shop(actor=desk.account, shop=desk.shop, **shop_form.cleaned_data)
        return redirect(desk.url("settings"))
    if which == "member" and member_form.is_valid():
        with told(request, _("The member's role is set.")):
            actions.do_set_member(
                actor=desk.account,
                shop=desk.shop,
                account=member_form.cleaned_data["who"],
                role=member_form.cleaned_data["role"],
            )
        return redirect(desk.url("settings"))
    return show(
        request,
        desk,
        "merchant/settings.html",
        {
            "shop_form": shop_form,
            "member_form": member_form,
            "members": queries.members_of(desk.shop),
            "roles": ROLES,
            "next_states": sorted(rules.TRANSITIONS[desk.shop.state], reverse=True),
        },
        here="settings",
        status=422 if which else 200,
    )


@require_POST
@shop_page("members")
def remove_member(request: HttpRequest, desk: Desk, account_id: UUID) -> HttpResponse:
    """Take somebody out of the shop."""
    account = get_object_or_404(Account, id=account_id, shop_memberships__shop=desk.shop)
    with told(request, _("Removed from the shop.")):
        actions.do_remove_member(actor=desk.account, shop=desk.shop, account=account)
    return redirect("merchant:home") if account == desk.account else redirect(desk.url("settings"))


@require_POST
@shop_page("shop")
def set_state(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Pause the shop, open it again or close it for good."""
    with told(request, _("The shop's state is set.")):
        actions.do_set_state(
            actor=desk.account, shop=desk.shop, state=request.POST.get("state", "")
        )
    return redirect(desk.url("settings"))

"""The staff's look at people. Superusers may correct accounts, roles and figures; roles and
figures go through the same verbs as everywhere, so that they are audited."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from yellowcart.core.admin import LookAdmin
from yellowcart.people.actions import do_grant_role, do_record_facts, do_revoke_role
from yellowcart.people.models import (
    Account,
    CreatorFacts,
    Permit,
    PermitAppeal,
    PermitEvent,
    RoleGrant,
)
from yellowcart.people.roles import Role

if TYPE_CHECKING:
    AccountBase = UserAdmin[Account]
else:

    class AccountBase(UserAdmin, LookAdmin):
        """Django's pages for users, dressed by ours."""


# Roles are our own; Django's groups would only confuse.
admin.site.unregister(Group)


def _is_superuser(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser


@admin.register(Account)
class AccountAdmin(AccountBase):
    """Accounts. What was proven about a person is recorded by the API, not typed here."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = [
        "username",
        "handle",
        "display_name",
        "language",
        "is_staff",
        "joined_at",
    ]
    list_filter = ["is_staff", "is_active", "language"]
    search_fields = ["username", "handle", "display_name"]
    ordering = ["-joined_at"]
    filter_horizontal = []
    readonly_fields = [
        "phone_verified_at",
        "real_name_verified_at",
        "birth_date",
        "joined_at",
        "last_login",
    ]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (
            _("Shown to others"),
            {"fields": ["display_name", "handle", "avatar_url", "bio", "language", "region"]},
        ),
        (
            _("Proven"),
            {"fields": ["phone_verified_at", "real_name_verified_at", "birth_date"]},
        ),
        (
            _("Access"),
            {
                "fields": [
                    "is_active",
                    "blocked_at",
                    "is_staff",
                    "is_superuser",
                    "joined_at",
                    "last_login",
                ]
            },
        ),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers."""
        return _is_superuser(request)


@admin.register(RoleGrant)
class RoleGrantAdmin(LookAdmin):
    """Roles on the platform."""

    list_display = ["account", "role", "scope", "granted_at"]
    list_filter = ["role"]
    autocomplete_fields = ["account"]
    fields = ["account", "role", "scope"]
    ordering = ["-granted_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers."""
        return _is_superuser(request)

    def save_model(
        self, request: HttpRequest, obj: RoleGrant, form: "ModelForm[RoleGrant]", change: bool
    ) -> None:
        """Give the role by its verb."""
        grant = do_grant_role(obj.account, Role(obj.role), by=_who(request), scope=obj.scope)
        obj.pk = grant.pk

    def delete_model(self, request: HttpRequest, obj: RoleGrant) -> None:
        """Take the role back by its verb."""
        do_revoke_role(obj.account, Role(obj.role), by=_who(request), scope=obj.scope)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[RoleGrant]) -> None:
        """Take several back, each by its verb."""
        for grant in queryset.select_related("account"):
            self.delete_model(request, grant)


@admin.register(CreatorFacts)
class CreatorFactsAdmin(LookAdmin):
    """Figures that permits ask about."""

    list_display = ["account", "outside_followers", "violations", "deposit_minor"]
    autocomplete_fields = ["account"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers."""
        return _is_superuser(request)

    def save_model(
        self, request: HttpRequest, obj: CreatorFacts, form: "ModelForm[CreatorFacts]", change: bool
    ) -> None:
        """Record the figures by their verb."""
        figures = {name: value for name, value in form.cleaned_data.items() if name != "account"}
        do_record_facts(obj.account, by=_who(request), **figures)


@admin.register(Permit)
class PermitAdmin(LookAdmin):
    """How permits stand."""

    list_display = ["account", "permit", "state", "rule_key", "since", "until"]
    list_filter = ["permit", "state"]
    search_fields = ["account__username", "rule_key"]
    list_select_related = ["account"]
    ordering = ["-since"]


@admin.register(PermitEvent)
class PermitEventAdmin(LookAdmin):
    """What happened to permits."""

    list_display = ["at", "account", "permit", "verb", "state", "rule_key"]
    list_filter = ["permit", "verb"]
    search_fields = ["account__username", "rule_key"]
    list_select_related = ["account"]
    date_hierarchy = "at"
    ordering = ["-at"]


@admin.register(PermitAppeal)
class PermitAppealAdmin(LookAdmin):
    """Appeals; they are answered on the operators' pages."""

    list_display = ["opened_at", "event", "state", "answered_at"]
    list_filter = ["state"]
    list_select_related = ["event"]
    ordering = ["-opened_at"]


def _who(request: HttpRequest) -> Any:
    return cast("Account", request.user).id

"""The staff's look into the tables. What matters is done on the pages and by the API, where every
deed asks its rules; here staff look things up."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from yellowcart.core.models import AuditEntry

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
    InlineBase = admin.TabularInline[Any, Any]
else:
    Base = ModelAdmin
    InlineBase = TabularInline


class LookAdmin(Base):
    """Staff may look; nobody adds, changes or deletes."""

    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is on the front page."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Staff, without further permissions."""
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


class LookInline(InlineBase):
    """Rows below another that staff may look at."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Staff, without further permissions."""
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(LookAdmin):
    """Who did what to what."""

    list_display = ["at", "verb", "target", "actor_id"]
    search_fields = ["=target", "=verb"]
    date_hierarchy = "at"
    ordering = ["-at"]

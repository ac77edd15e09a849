"""Where every page of the control plane lives."""

import importlib.util

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from yellowcart.config.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("pay/", include("yellowcart.payments.urls")),
]

#: Each role's pages and the prefix they live under; the viewer's come last, at the root.
PAGES = {
    "base": "",
    "creator": "creator/",
    "merchant": "merchant/",
    "operator": "operator/",
    "viewer": "",
}
for _role, _prefix in PAGES.items():
    if importlib.util.find_spec(f"yellowcart.web.{_role}.urls"):
        urlpatterns.append(path(_prefix, include(f"yellowcart.web.{_role}.urls")))

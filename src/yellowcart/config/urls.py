"""Where every page of the control plane lives."""

import importlib.util

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from yellowcart.config.api import api
from yellowcart.developers import urls as oauth
from yellowcart.web.developers.consent import Consent

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("pay/", include("yellowcart.payments.urls")),
    # One name space, as the metadata names all of them.
    path(
        "",
        include(
            (
                [*oauth.urlpatterns, path("oauth/authorize", Consent.as_view(), name="authorize")],
                "oauth2_provider",
            )
        ),
    ),
]

#: Each role's pages and the prefix they live under; the viewer's come last, at the root.
PAGES = {
    "base": "",
    "creator": "creator/",
    "merchant": "merchant/",
    "operator": "operator/",
    "developers": "developers/",
    "viewer": "",
}
for _role, _prefix in PAGES.items():
    if importlib.util.find_spec(f"yellowcart.web.{_role}.urls"):
        urlpatterns.append(path(_prefix, include(f"yellowcart.web.{_role}.urls")))

"""Keeps the toolkit's own pages out of the back office: they show and mint tokens."""

from django.contrib import admin

from yellowcart.developers.models import (
    AccessToken,
    Application,
    AuthorizationCode,
    IdentityToken,
    RefreshToken,
)

for _model in (AccessToken, Application, AuthorizationCode, IdentityToken, RefreshToken):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)

"""Where integrators' pages live, below /developers/."""

from django.urls import path

from yellowcart.web.developers import hooks, pages

app_name = "developers"
urlpatterns = [
    path("", pages.home, name="home"),
    path("new/", pages.make, name="make"),
    path("disconnect/", pages.disconnect, name="disconnect"),
    path("<int:application_id>/", pages.application, name="application"),
    path("<int:application_id>/secret/", pages.renew_secret, name="secret"),
    path("<int:application_id>/delete/", pages.delete, name="delete"),
    path("<int:application_id>/webhooks/new/", hooks.make, name="webhook_new"),
    path("<int:application_id>/webhooks/<uuid:webhook_id>/", hooks.detail, name="webhook"),
    path("<int:application_id>/webhooks/<uuid:webhook_id>/do/", hooks.do, name="webhook_do"),
]

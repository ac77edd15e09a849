"""Pages that belong to no role."""

from django.urls import path

from yellowcart.web.base import views

app_name = "base"
urlpatterns = [
    path("design/", views.design, name="design"),
    path("demo/sign-in/", views.demo_sign_in, name="demo_sign_in"),
]

"""Pages that belong to payment providers which run in this installation."""

from django.urls import path

from yellowcart.payments.pages import payment_code, sandbox_pay

urlpatterns = [
    path("sandbox/<str:ref>/", sandbox_pay, name="sandbox-pay"),
    path("code/<uuid:payment_id>/", payment_code, name="payment-code"),
]

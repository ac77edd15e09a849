"""The operator's desk."""

from django.urls import path

from yellowcart.web.operator.views import (
    cutovers,
    drafts,
    home,
    insights,
    payments,
    people,
    policy,
    rehearsals,
    work,
)

app_name = "operator"
urlpatterns = [
    path("", home.home, name="home"),
    path("insights/", insights.insights, name="insights"),
    path("policy/", policy.policy, name="policy"),
    path("ask/", policy.ask, name="ask"),
    path("policy/rules/<str:key>/", policy.rule, name="rule"),
    path("policy/rules/<str:key>/withdraw/", policy.withdraw, name="withdraw"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/new/", drafts.edit, name="draft_new"),
    path("drafts/<uuid:draft_id>/", drafts.draft, name="draft"),
    path("drafts/<uuid:draft_id>/edit/", drafts.edit, name="draft_edit"),
    path("drafts/<uuid:draft_id>/rehearse/", rehearsals.rehearse, name="rehearse"),
    path(
        "drafts/<uuid:draft_id>/rehearsal.json",
        rehearsals.export,
        {"form": "json"},
        name="rehearsal_json",
    ),
    path(
        "drafts/<uuid:draft_id>/rehearsal.csv",
        rehearsals.export,
        {"form": "csv"},
        name="rehearsal_csv",
    ),
    path("drafts/<uuid:draft_id>/announce/", drafts.announce, name="announce"),
    path("drafts/<uuid:draft_id>/drop/", drafts.drop, name="drop"),
    path("cutovers/", cutovers.cutovers, name="cutovers"),
    path("cutovers/<str:instant>/", cutovers.cutover, name="cutover"),
    path("cutovers/<str:instant>/numbers/", cutovers.numbers, name="cutover_numbers"),
    path("appeals/", work.appeals, name="appeals"),
    path("appeals/<str:kind>/<uuid:appeal_id>/", work.answer, name="answer"),
    path("reviews/", work.reviews, name="reviews"),
    path("reviews/<uuid:product_id>/", work.review, name="review"),
    path("payments/", payments.payments, name="payments"),
    path("payments/reconcile/", payments.reconcile, name="reconcile"),
    path("payments/<uuid:run_id>/", payments.reconciliation, name="reconciliation"),
    path(
        "payments/refunds/<uuid:shop_id>/<uuid:refund_id>/again/",
        payments.refund_again,
        name="refund_again",
    ),
    path("permits/", people.permit_desk, name="permits"),
    path("people/", people.people, name="people"),
    path("people/<uuid:account_id>/", people.person, name="person"),
    path("people/<uuid:account_id>/roles/", people.role_step, name="role_step"),
    path("people/<uuid:account_id>/permits/<str:permit>/", people.permit_step, name="permit_step"),
    path("audit/", people.audit, name="audit"),
]

"""What viewers and buyers see."""

from django.urls import path, re_path

from yellowcart.web.viewer import (
    account,
    ask,
    cases,
    draws,
    order_steps,
    orders,
    places,
    replay,
    rooms,
    shared,
    shows,
    views,
)

app_name = "viewer"
urlpatterns = [
    path("", views.home, name="home"),
    path("rooms/<uuid:room_id>/", rooms.room, name="room"),
    path("rooms/<uuid:room_id>/replay/", replay.replay, name="replay"),
    path("prizes/", draws.prizes, name="prizes"),
    path("prizes/<uuid:prize_id>/claim/", draws.claim, name="claim_prize"),
    path("bags/<uuid:bag_id>/", draws.draw, name="draw"),
    path("rooms/<uuid:room_id>/show.ics", shows.ics, name="ics"),
    path("me/", account.account, name="account"),
    path("reminders/", shows.reminders, name="reminders"),
    path("s/", shared.paste, name="paste"),
    path("s/<slug:code>/", shared.opened, name="share"),
    path("s/<slug:code>/poster/", shared.poster, name="poster"),
    path("videos/", views.videos, name="videos"),
    path("videos/<uuid:video_id>/", places.video, name="video"),
    path("shops/", views.shops, name="shops"),
    path("shops/<slug:handle>/", places.shop, name="shop"),
    path("products/<uuid:product_id>/", places.product, name="product"),
    path("@<slug:handle>/", places.profile, name="profile"),
    path("@<slug:handle>/follow/", places.follow, name="follow"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/<uuid:order_id>/", orders.order, name="order"),
    path("orders/<uuid:order_id>/state/", orders.order_state, name="order_state"),
    path("orders/<uuid:order_id>/pay/", order_steps.pay, name="pay"),
    path("orders/<uuid:order_id>/cancel/", order_steps.cancel, name="cancel"),
    path("orders/<uuid:order_id>/confirm/", order_steps.confirm, name="confirm"),
    path("orders/<uuid:order_id>/extend/", order_steps.extend, name="extend"),
    path("orders/<uuid:order_id>/ask/", ask.ask, name="ask"),
    path("orders/<uuid:order_id>/price-protection/", ask.protect, name="protect"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("cases/<uuid:case_id>/change/", ask.change, name="case_change"),
    path("cases/<uuid:case_id>/pictures/", cases.add_pictures, name="case_pictures"),
    re_path(
        r"^cases/(?P<case_id>[0-9a-f-]{36})/(?P<verb>withdraw|ask-platform|send-back|received)/$",
        cases.step,
        name="case_step",
    ),
]

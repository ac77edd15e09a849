"""Where the creator's pages live, below /creator/."""

from django.urls import path, re_path

from yellowcart.web.creator import (
    asking,
    cart,
    desk,
    giving,
    home,
    hosts,
    money,
    notices,
    order,
    remote,
    replay,
    report,
    rooms,
    screen,
    script,
    selling,
    sharing,
    tools,
)

app_name = "creator"

PERMIT = r"(?P<permit>go_live|sell_own|promote)"

urlpatterns = [
    path("", home.home, name="home"),
    re_path(rf"^permits/{PERMIT}/apply/$", home.apply, name="apply"),
    re_path(rf"^permits/{PERMIT}/appeal/$", home.appeal, name="appeal"),
    path("money/", money.index, name="money"),
    path("money/withdraw/", money.withdraw, name="withdraw"),
    path("money/deposit/", money.pay_deposit, name="deposit"),
    path("notices/", notices.index, name="notices"),
    path("notices/<uuid:notice_id>/", notices.detail, name="notice"),
    path("rooms/", rooms.index, name="rooms"),
    path("rooms/new/", rooms.schedule, name="schedule"),
    path("rooms/<uuid:room_id>/", desk.desk, name="desk"),
    path("rooms/<uuid:room_id>/edit/", rooms.edit, name="room_edit"),
    re_path(
        r"^rooms/(?P<room_id>[0-9a-f-]{36})/(?P<verb>live|end|cancel)/$", rooms.step, name="step"
    ),
    path("rooms/<uuid:room_id>/order/", order.order, name="order"),
    path("rooms/<uuid:room_id>/order/step/", order.step, name="order_step"),
    path("rooms/<uuid:room_id>/cart/", desk.cart, name="cart"),
    path("rooms/<uuid:room_id>/figures/", desk.room_figures, name="figures"),
    path("rooms/<uuid:room_id>/screen/", screen.screen, name="screen"),
    path("rooms/<uuid:room_id>/report/", report.report, name="report"),
    path("rooms/<uuid:room_id>/giving/", giving.card, name="giving"),
    path("rooms/<uuid:room_id>/giving/packet/", giving.give_packet, name="give_packet"),
    path("rooms/<uuid:room_id>/giving/bag/", giving.open_bag, name="open_bag"),
    path("rooms/<uuid:room_id>/cart/convert/", cart.convert_all, name="convert_all"),
    path("rooms/<uuid:room_id>/cart/mount/<uuid:product_id>/", cart.mount, name="mount"),
    path("rooms/<uuid:room_id>/cart/<uuid:listing_id>/", cart.act, name="act"),
    path("rooms/<uuid:room_id>/tools/<uuid:listing_id>/", tools.act, name="tools"),
    path("rooms/<uuid:room_id>/script/", script.page, name="script"),
    path("rooms/<uuid:room_id>/script/act/", script.act, name="script_act"),
    path("rooms/<uuid:room_id>/script/now/", script.now, name="script_now"),
    path("rooms/<uuid:room_id>/sharing/", sharing.page, name="sharing"),
    path("rooms/<uuid:room_id>/questions/", asking.queue, name="questions"),
    path("rooms/<uuid:room_id>/questions/act/", asking.act, name="question_act"),
    path("rooms/<uuid:room_id>/hosts/", hosts.page, name="hosts"),
    path("rooms/<uuid:room_id>/hosts/reply/", hosts.reply, name="host_reply"),
    path("rooms/<uuid:room_id>/remotes/", remote.make, name="remote_make"),
    path("rooms/<uuid:room_id>/remote/", remote.remote, name="remote"),
    path("rooms/<uuid:room_id>/remote/open/", remote.take_over, name="remote_open"),
    path("rooms/<uuid:room_id>/remote/pass/", remote.enter, name="remote_pass"),
    path("rooms/<uuid:room_id>/remote/state/", remote.state, name="remote_state"),
    path("rooms/<uuid:room_id>/remote/act/", remote.act, name="remote_act"),
    path("rooms/<uuid:room_id>/prices/<uuid:listing_id>/", selling.prices, name="prices"),
    path("rooms/<uuid:room_id>/replay/", replay.act, name="replay"),
    path("rooms/<uuid:room_id>/selling/", selling.selling, name="selling"),
]

"""Where the merchant's pages live, below /merchant/."""

from django.urls import include, path, re_path

from yellowcart.web.merchant import (
    cases,
    dashboard,
    figures,
    imports,
    listings,
    money,
    notices,
    orders,
    parcels,
    paste,
    products,
    selling,
    shops,
    stores,
    supply,
    todo,
)

app_name = "merchant"

of_one_shop = [
    path("", dashboard.dashboard, name="dashboard"),
    path("orders/", orders.index, name="orders"),
    path("to-do/", todo.board, name="todo"),
    path("orders/ship-many/", parcels.many, name="ship_many"),
    path("orders/<uuid:order_id>/", orders.detail, name="order"),
    path("orders/<uuid:order_id>/give/", cases.give, name="order_give"),
    path("orders/<uuid:order_id>/extend/", parcels.extend, name="order_extend"),
    path(
        "orders/<uuid:order_id>/parcels/<uuid:shipment_id>/delivered/",
        parcels.sign,
        name="parcel_sign",
    ),
    path(
        "orders/<uuid:order_id>/parcels/<uuid:shipment_id>/trouble/",
        parcels.trouble,
        name="parcel_trouble",
    ),
    path("cases/", cases.index, name="cases"),
    path("cases/<uuid:case_id>/", cases.detail, name="case"),
    re_path(
        r"^cases/(?P<case_id>[0-9a-f-]{36})/(?P<verb>agree|refuse|take-back|dispute|replace"
        r"|refund-instead|restock|pictures)/$",
        cases.step,
        name="case_step",
    ),
    path("money/", money.index, name="money"),
    path("money/withdraw/", money.withdraw, name="withdraw"),
    path("money/deposit/", money.pay_deposit, name="deposit"),
    path("listings/", listings.index, name="listings"),
    path("listings/convert/", listings.convert, name="convert"),
    path("listings/shop-page/", listings.mount, name="shop_page_mount"),
    path("listings/<uuid:listing_id>/remove/", listings.remove, name="shop_page_remove"),
    path("listings/<uuid:listing_id>/prices/", selling.listing, name="listing"),
    path("coupons/", selling.coupons, name="coupons"),
    path("import/", imports.index, name="imports"),
    path("import/<uuid:run_id>/", imports.detail, name="import"),
    path("import/<uuid:run_id>/refusals.csv", imports.refusals, name="import_refusals"),
    path("insights/", figures.figures, name="figures"),
    path("insights/rooms/", figures.rooms, name="rooms"),
    path("insights/rooms/<uuid:room_id>/", figures.room, name="room_report"),
    path("notices/", notices.index, name="notices"),
    path("notices/<uuid:notice_id>/", notices.detail, name="notice"),
    path("notices/<uuid:notice_id>/convert/", notices.convert, name="notice_convert"),
    path("supply/", supply.index, name="supply"),
    path("supply/runs/<uuid:run_id>/", stores.run, name="listing_run"),
    path("stores/", stores.index, name="stores"),
    path("stores/connect/<slug:source>/", stores.connect, name="store_connect"),
    path("stores/<uuid:connection_id>/", stores.detail, name="store"),
    path("stores/<uuid:connection_id>/health/", stores.store_health, name="store_health"),
    path("stores/<uuid:connection_id>/keys/", stores.settings, name="store_keys"),
    path(
        "stores/<uuid:connection_id>/orders/<uuid:supply_id>/again/",
        stores.hand_over,
        name="store_hand_over",
    ),
    re_path(
        r"^stores/(?P<connection_id>[0-9a-f-]{36})/(?P<verb>pause|resume|sync|consent|disconnect)/$",
        stores.step,
        name="store_step",
    ),
    path("supply/<slug:supplier>/", supply.catalogue, name="supplier"),
    path("products/", products.index, name="products"),
    path("products/new/", products.create, name="product_new"),
    path("products/<uuid:product_id>/", products.detail, name="product"),
    re_path(
        r"^products/(?P<product_id>[0-9a-f-]{36})/(?P<verb>submit|withdraw|shelve|unshelve)/$",
        products.step,
        name="product_step",
    ),
    path("products/<uuid:product_id>/stock/", products.stock, name="product_stock"),
    path("paste/", paste.paste, name="paste"),
    path("settings/", shops.settings, name="settings"),
    path("settings/state/", shops.set_state, name="state"),
    path("members/<uuid:account_id>/remove/", shops.remove_member, name="member_remove"),
]

urlpatterns = [
    path("", shops.home, name="home"),
    path("open/", shops.open_shop, name="open"),
    path("connections/consent/", stores.consent, name="consent"),
    path("shop/<slug:handle>/", include(of_one_shop)),
]

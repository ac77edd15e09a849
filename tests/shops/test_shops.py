"""Opening shops, choosing their people, and who is refused."""

import pytest
from tests.factories import make_account, make_operator, make_shop

from yellowcart.core.models import AuditEntry, OutboxEvent
from yellowcart.core.problems import Problem
from yellowcart.shops import actions, queries, rules
from yellowcart.shops.models import ShopMember

pytestmark = pytest.mark.django_db


def code_of(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_whoever_opens_a_shop_owns_it():
    owner = make_account()
    shop = actions.do_open_shop(owner=owner, name="Tea & Cakes", type="personal")
    assert shop.handle == "tea-cakes"
    assert queries.role_in(owner, shop.id) == "owner"
    assert list(queries.shops_of(owner)) == [shop]
    assert OutboxEvent.objects.get(topic="shops.opened").payload["handle"] == "tea-cakes"
    assert AuditEntry.objects.filter(verb="shop.open", actor_id=owner.id).exists()


def test_a_chinese_name_still_gets_a_handle():
    shop = actions.do_open_shop(owner=None, name="茶叶小店", type="personal")
    assert rules.is_handle(shop.handle)
    assert queries.find_shop(shop.handle) == queries.find_shop(str(shop.id)) == shop


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"type": "castle"}, "shop_type_unknown"),
        ({"handle": "No Spaces"}, "shop_handle_bad"),
        ({"handle": "taken"}, "shop_handle_taken"),
    ],
)
def test_a_shop_that_cannot_be_is_refused_in_words(fields, code):
    make_shop(handle="taken")
    wanted = {"owner": None, "name": "X shop", "type": "personal", **fields}
    assert code_of(actions.do_open_shop, **wanted) == code


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", {"view", "stock", "ship", "goods", "members", "shop"}),
        ("manager", {"view", "stock", "ship", "goods"}),
        ("staff", {"view", "stock", "ship"}),
        (None, set()),
    ],
)
def test_every_role_reaches_just_so_far(role, allowed):
    shop, someone = make_shop(), make_account()
    if role:
        ShopMember.objects.create(shop=shop, account=someone, role=role)
    for capability in ("view", "stock", "ship", "goods", "members", "shop"):
        if capability in allowed:
            assert queries.access_shop(someone, shop.id, capability) == shop
        else:
            assert code_of(queries.access_shop, someone, shop.id, capability) == "shop_forbidden"


def test_the_owner_of_another_shop_is_a_stranger_here():
    rival = make_account()
    make_shop(owner=rival)
    assert code_of(queries.access_shop, rival, make_shop().id, "view") == "shop_forbidden"


def test_operators_look_but_do_not_touch():
    shop, operator = make_shop(), make_operator()
    assert queries.access_shop(operator, shop.id, "view") == shop
    assert code_of(queries.access_shop, operator, shop.id, "goods") == "shop_forbidden"


def test_only_owners_choose_the_people_and_the_last_one_stays():
    owner, manager, newcomer = make_account(), make_account(), make_account()
    shop = make_shop(owner=owner)
    actions.do_set_member(actor=owner, shop=shop, account=manager, role="manager")
    assert (
        code_of(actions.do_set_member, actor=manager, shop=shop, account=newcomer, role="staff")
        == "shop_forbidden"
    )
    assert (
        code_of(actions.do_set_member, actor=owner, shop=shop, account=owner, role="staff")
        == "shop_last_owner"
    )
    assert code_of(actions.do_remove_member, actor=owner, shop=shop, account=owner) == (
        "shop_last_owner"
    )
    actions.do_set_member(actor=owner, shop=shop, account=manager, role="owner")
    actions.do_remove_member(actor=manager, shop=shop, account=owner)
    assert queries.role_in(owner, shop.id) is None


def test_a_closed_shop_stays_closed():
    owner = make_account()
    shop = make_shop(owner=owner)
    assert actions.do_set_state(actor=owner, shop=shop, state="paused").state == "paused"
    assert actions.do_set_state(actor=make_operator(), shop=shop, state="open").state == "open"
    assert code_of(actions.do_set_state, actor=make_account(), shop=shop, state="closed") == (
        "shop_forbidden"
    )
    actions.do_set_state(actor=owner, shop=shop, state="closed")
    assert code_of(actions.do_set_state, actor=owner, shop=shop, state="open") == (
        "shop_state_conflict"
    )

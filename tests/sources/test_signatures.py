"""Signatures of the sources: known answers, and no way around them."""

import base64
import hashlib
import hmac
import json

import pytest

from yellowcart.sources.callbacks import verify_callback
from yellowcart.sources.connectors import mokuai, shopify, taobao, woocommerce, youzan

BODY = b'{"id":820982911946154508,"total_price":"403.00"}'


def test_youzan_signs_with_md5_of_id_message_and_secret():
    # printf '%s' 'app-1%7B%22tid%22%3A1%7Dtop-secret' | md5sum
    sign = youzan.sign_message("app-1", "%7B%22tid%22%3A1%7D", "top-secret")
    assert sign == "cf300bf50017539bcb62e94c5de782ed"
    assert youzan.verify_message("app-1", "%7B%22tid%22%3A1%7D", "top-secret", sign)
    assert not youzan.verify_message("app-1", "%7B%22tid%22%3A2%7D", "top-secret", sign)
    assert not youzan.verify_message("app-1", "%7B%22tid%22%3A1%7D", "other", sign)


def test_taobao_calls_are_signed_over_the_sorted_parameters():
    # printf '%s' 'secretapp_key1methodtbk.tpwd.convertv2.0secret' | md5sum
    sign = taobao.sign_call({"v": "2.0", "app_key": "1", "method": "tbk.tpwd.convert"}, "secret")
    assert sign == "2CF9C8CA093CF5AC58C531759446D89A"


@pytest.mark.parametrize("module", [shopify, woocommerce])
def test_shopify_and_woocommerce_sign_the_raw_body(module):
    # openssl dgst -sha256 -hmac 'hush' -binary | base64
    assert module.sign_webhook(BODY, "hush") == "gHDQy76+38chKmG/hW2suoASSgJPriCh7sYbzaB7OQI="
    assert module.verify_webhook(BODY, "hush", "gHDQy76+38chKmG/hW2suoASSgJPriCh7sYbzaB7OQI=")
    assert not module.verify_webhook(
        BODY + b" ", "hush", "gHDQy76+38chKmG/hW2suoASSgJPriCh7sYbzaB7OQI="
    )
    assert not module.verify_webhook(BODY, "hush", "")
    assert not module.verify_webhook(BODY, "hush", "ü")


def test_standard_webhooks_gives_the_answer_of_its_specification():
    body = b'{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    message = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert mokuai.sign_webhook(message, 1614265330, body, secret) == signature
    args = (message, "1614265330")
    assert mokuai.verify_webhook(*args, f"v1,xx {signature}", body, secret, 1614265331.0)
    assert not mokuai.verify_webhook(*args, signature, body + b" ", secret, 1614265331.0)
    assert not mokuai.verify_webhook(*args, signature, body, secret, 1614265330.0 + 301)
    assert not mokuai.verify_webhook(message, "soon", signature, body, secret, 1614265331.0)
    assert not mokuai.verify_webhook(*args, signature, body, "not base64!", 1614265331.0)


def test_callbacks_find_the_scheme_by_their_source():
    secret = base64.b64encode(b"x" * 24).decode()
    signature = mokuai.sign_webhook("m1", 1000, BODY, secret)
    headers = {"webhook-id": "m1", "webhook-timestamp": "1000", "webhook-signature": signature}
    for source in ("taobao", "jd", "mokuai"):
        assert verify_callback(source, headers, BODY, secret, 1001.0) == "m1"
        assert verify_callback(source, headers, BODY + b" ", secret, 1001.0) is None
        assert verify_callback(source, {}, BODY, secret, 1001.0) is None

    shop = {
        "x-shopify-hmac-sha256": shopify.sign_webhook(BODY, "hush"),
        "x-shopify-webhook-id": "w9",
    }
    assert verify_callback("shopify", shop, BODY, "hush", 0.0) == "w9"
    assert verify_callback("shopify", shop, BODY, "hash", 0.0) is None

    woo = {
        "x-wc-webhook-signature": base64.b64encode(
            hmac.new(b"hush", BODY, hashlib.sha256).digest()
        ).decode(),
        "x-wc-webhook-delivery-id": "d7",
    }
    assert verify_callback("woocommerce", woo, BODY, "hush", 0.0) == "d7"
    assert verify_callback("woocommerce", woo, b"", "hush", 0.0) is None


def test_a_youzan_message_is_known_by_what_is_under_its_signature():
    message = {"client_id": "app-1", "msg": "%7B%7D", "id": "E1"}
    message["sign"] = youzan.sign_message("app-1", "%7B%7D", "s")
    genuine = verify_callback("youzan", {}, json.dumps(message).encode(), "s", 0.0)
    assert genuine == f"app-1:{message['sign']}"
    renamed = {**message, "id": "E2"}
    assert verify_callback("youzan", {}, json.dumps(renamed).encode(), "s", 0.0) == genuine
    changed = {**message, "msg": "%7B%22a%22%7D"}
    assert verify_callback("youzan", {}, json.dumps(changed).encode(), "s", 0.0) is None
    for body in (b"", b"[]", b"null", b'{"client_id":1,"msg":2,"sign":3}'):
        assert verify_callback("youzan", {}, body, "s", 0.0) is None

"""The providers, switched on with keys of the tests' own and a gateway on loopback."""

import pytest
from tests.payments import keys
from tests.payments.gateway import listening


@pytest.fixture
def gateway():
    with listening() as found:
        yield found


@pytest.fixture
def alipay_on(settings, gateway):
    settings.ALIPAY = {
        "app_id": "2021000000000000",
        "private_key": keys.private_pem("merchant"),
        "public_key": keys.public_pem("alipay"),
        "seller_id": "2088000000000000",
        "gateway": f"{gateway.url}/gateway.do",
    }
    return gateway


@pytest.fixture
def wechat_on(settings, gateway):
    settings.WECHAT = {
        "mch_id": "1900000109",
        "app_id": "wxd678efh567hg6787",
        "serial_no": "444F4864EA9B34415ABCDEF0123456789ABCDEF0",
        "private_key": keys.private_pem("merchant"),
        "api_v3_key": keys.API_V3_KEY,
        "public_key": keys.public_pem("wechat"),
        "public_key_id": keys.PUBLIC_KEY_ID,
        "cert_dir": "",
        "gateway": gateway.url,
    }
    return gateway


@pytest.fixture
def stripe_on(settings, gateway):
    settings.STRIPE = {
        "secret_key": "sk_test_yellowcart",
        "webhook_secret": "whsec_yellowcart",
        "api_base": gateway.url,
    }
    return gateway

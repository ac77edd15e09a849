"""Keys, certificates and signatures that the tests make for themselves.

What a provider signs is signed here with ``cryptography`` alone, not with the SDK that checks it.
"""

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

API_V3_KEY = "0123456789abcdef0123456789abcdef"
PUBLIC_KEY_ID = "PUB_KEY_ID_0114232134912410000000000000"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """A key of somebody's; one a name, since making one takes a moment."""
    del name
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def private_pem(name: str) -> str:
    """The private key in PKCS#8."""
    return (
        rsa_key(name)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def public_pem(name: str) -> str:
    """The public key."""
    return (
        rsa_key(name)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def certificate(name: str) -> tuple[str, str]:
    """A self-signed certificate of a key, and its serial number as WeChat Pay writes it."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    key = rsa_key(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), f"{made.serial_number:X}"


def sign(name: str, message: bytes) -> str:
    """SHA256withRSA, in base64."""
    signature = rsa_key(name).sign(message, padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def is_signed(name: str, message: bytes, signature: str) -> bool:
    """Whether that key signed this; raises where not."""
    rsa_key(name).public_key().verify(
        base64.b64decode(signature), message, padding.PKCS1v15(), hashes.SHA256()
    )
    return True


def alipay_form(fields: dict[str, str], signer: str = "alipay") -> bytes:
    """The raw body of an asynchronous notice, signed over its decoded fields in order."""
    content = "&".join(f"{key}={value}" for key, value in sorted(fields.items()))
    signed = {**fields, "sign_type": "RSA2", "sign": sign(signer, content.encode())}
    return urlencode(signed).encode()


def wechat_notice(
    resource: dict[str, Any],
    *,
    event_type: str = "TRANSACTION.SUCCESS",
    message_id: str = "EV-2018022511223320873",
    key: str = API_V3_KEY,
) -> bytes:
    """The raw body of a notice, its content encrypted."""
    nonce, data = "fdasflkja484", json.dumps(resource).encode()
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), data, b"transaction")
    return json.dumps(
        {
            "id": message_id,
            "create_time": "2015-05-20T13:29:35+08:00",
            "resource_type": "encrypt-resource",
            "event_type": event_type,
            "summary": "支付成功",
            "resource": {
                "original_type": "transaction",
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": base64.b64encode(sealed).decode(),
                "associated_data": "transaction",
                "nonce": nonce,
            },
        },
        ensure_ascii=False,
    ).encode()


def wechat_headers(
    body: bytes, *, at: float, serial: str = PUBLIC_KEY_ID, signer: str = "wechat"
) -> dict[str, str]:
    """The headers that WeChat Pay signs a body with."""
    nonce, timestamp = base64.b64encode(os.urandom(12)).decode(), str(int(at))
    message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": sign(signer, message),
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }

"""Settings, from the environment. Every name a person may set starts with ``YELLOWCART_``, but
for ``DATABASE_URL``."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from yellowcart.core import home

PACKAGE = Path(__file__).resolve().parent.parent

ENV = os.environ.get("YELLOWCART_ENV", "development")
PRODUCTION = ENV == "production"
DEBUG = os.environ.get("YELLOWCART_DEBUG") == "1" and not PRODUCTION
#: Shows the demo's people on the sign-in page. Never in production.
DEMO = os.environ.get("YELLOWCART_DEMO") == "1" and not PRODUCTION

SECRET_KEY = home.secret_key()
ALLOWED_HOSTS = os.environ.get("YELLOWCART_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(
    ","
)
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("YELLOWCART_ORIGINS", "").split(",") if o]

#: The policy profile this installation follows.
PLATFORM = os.environ.get("YELLOWCART_PLATFORM", "kuaishou")
#: Files that say who may open the cart, in place of the platform's own; parted like a PATH.
PERMIT_PACKS = [
    path for path in os.environ.get("YELLOWCART_PERMIT_PACKS", "").split(os.pathsep) if path
]
#: The region (ISO 3166) of people who did not name theirs.
REGION = os.environ.get("YELLOWCART_REGION", "CN")
#: How long pieces that came back are set aside for one who waited.
WAITLIST_OFFER_SECONDS = int(os.environ.get("YELLOWCART_WAITLIST_OFFER_SECONDS", "600"))
#: Seconds an unpaid order holds its stock; 0 where the order timers say.
ORDER_EXPIRES_SECONDS = int(os.environ.get("YELLOWCART_ORDER_EXPIRES_SECONDS", "0"))
#: A file of an order's timers in place of the shipped ones (see docs/orders.md).
ORDER_TIMERS = os.environ.get("YELLOWCART_ORDER_TIMERS", "")
#: A file of after-sales rules in place of the shipped ones (see docs/orders.md).
AFTERSALES_RULES = os.environ.get("YELLOWCART_AFTERSALES_RULES", "")
#: A file of settlement terms in place of the shipped ones (see docs/money.md).
SETTLEMENT_TERMS = os.environ.get("YELLOWCART_SETTLEMENT_TERMS", "")
#: Files with an operator's own terms of coins and catalogue of gifts.
COIN_TERMS = os.environ.get("YELLOWCART_COIN_TERMS", "")
GIFT_CATALOGUE = os.environ.get("YELLOWCART_GIFT_CATALOGUE", "")
#: How far special prices may go, as ranges: per cent off and seconds. One platform's are 10-90 and
#: 30-300; empty leaves it to those who sell.
SPECIAL_PRICE_DISCOUNT = os.environ.get("YELLOWCART_SPECIAL_PRICE_DISCOUNT", "")
SPECIAL_PRICE_SECONDS = os.environ.get("YELLOWCART_SPECIAL_PRICE_SECONDS", "")
FLASH_PRICE_DISCOUNT = os.environ.get("YELLOWCART_FLASH_PRICE_DISCOUNT", "10-90")
FLASH_PRICE_SECONDS = os.environ.get("YELLOWCART_FLASH_PRICE_SECONDS", "30-300")
#: Seconds a room pass lasts.
PASS_SECONDS = int(os.environ.get("YELLOWCART_PASS_SECONDS", "7200"))
#: Days from a room's end for which its numbered events are kept; three years by law in China.
ROOM_EVENT_DAYS = int(os.environ.get("YELLOWCART_ROOM_EVENT_DAYS", "1096"))
#: Viewers' sockets that one server process takes on: in all, in one room, and from one address
#: (this machine's own are not counted); and how late its event loop may run before newcomers are
#: sent away for a moment. See docs/running.md.
ROOM_SOCKETS = int(os.environ.get("YELLOWCART_ROOM_SOCKETS", "20000"))
ROOM_SOCKETS_A_ROOM = int(os.environ.get("YELLOWCART_ROOM_SOCKETS_A_ROOM", "20000"))
ROOM_SOCKETS_AN_ADDRESS = int(os.environ.get("YELLOWCART_ROOM_SOCKETS_AN_ADDRESS", "5000"))
ROOM_LAG_MS = int(os.environ.get("YELLOWCART_ROOM_LAG_MS", "1500"))
BASE_URL = os.environ.get("YELLOWCART_BASE_URL", "http://127.0.0.1:8000")

#: Who carries the video (see docs/video.md), and the port on which our own engine takes RTMP.
MEDIA_SERVER = os.environ.get("YELLOWCART_MEDIA_SERVER", "embedded")
#: No video process of our own runs, and no other media server is named.
MEDIA_OFF = MEDIA_SERVER == "embedded" and os.environ.get("YELLOWCART_MEDIA") == "off"
MEDIA_RTMP_PORT = int(os.environ.get("YELLOWCART_MEDIA_RTMP_PORT", "1935"))
#: Of a media server that is not ours: its API as we reach it, where browsers reach WHIP and WHEP,
#: HLS and FLV, and recordings; the key of its API and the secret of its hooks.
MEDIA_API_URL = os.environ.get("YELLOWCART_MEDIA_API_URL", "").rstrip("/")
MEDIA_RTC_URL = os.environ.get("YELLOWCART_MEDIA_RTC_URL", "").rstrip("/")
MEDIA_PLAY_URL = os.environ.get("YELLOWCART_MEDIA_PLAY_URL", "").rstrip("/")
MEDIA_RECORDINGS_URL = os.environ.get("YELLOWCART_MEDIA_RECORDINGS_URL", "").rstrip("/")
MEDIA_API_KEY = os.environ.get("YELLOWCART_MEDIA_API_KEY", "")
#: Days for which recordings of rooms are kept, at least three years by the rules for live records
#: of 2026; 0 for ever.
MEDIA_KEEP_DAYS = int(os.environ.get("YELLOWCART_MEDIA_KEEP_DAYS", "1096"))
#: Seconds for which viewers are told that a publisher will be back.
MEDIA_LOST_SECONDS = int(os.environ.get("YELLOWCART_MEDIA_LOST_SECONDS", "600"))


def secret(name: str) -> str:
    """``YELLOWCART_<name>``, or what stands in the file named by ``YELLOWCART_<name>_FILE``."""
    path = os.environ.get(f"YELLOWCART_{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(f"YELLOWCART_{name}", "")


MEDIA_SECRET = secret("MEDIA_SECRET")

#: ``nats://`` or ``tls://`` URLs, by comma, of the bus between processes; empty for PostgreSQL's.
#: Keys this installation had before, by comma: what they sealed and signed is still read.
SECRET_KEY_FALLBACKS = [key for key in secret("SECRET_KEY_FALLBACKS").split(",") if key]
#: Calls an application may make a minute in each server process.
API_CALLS_A_MINUTE = int(os.environ.get("YELLOWCART_API_CALLS_A_MINUTE", "600"))
#: Days for which webhooks' messages and answers are kept.
WEBHOOK_LOG_DAYS = int(os.environ.get("YELLOWCART_WEBHOOK_LOG_DAYS", "30"))
#: Private hosts, networks and ports that may be called, by comma; see core.fetching.
FETCH_ALLOW = [
    word.strip() for word in os.environ.get("YELLOWCART_FETCH_ALLOW", "").split(",") if word.strip()
]
#: Seconds between two looks at a connected store's stock and prices.
STORE_POLL_SECONDS = int(os.environ.get("YELLOWCART_STORE_POLL_SECONDS", "30"))
#: Seconds between two readings of its whole catalogue.
STORE_CATALOGUE_SECONDS = int(os.environ.get("YELLOWCART_STORE_CATALOGUE_SECONDS", "21600"))
#: Seconds after which a picture that we have is looked at again at its source.
PICTURE_LOOK_SECONDS = int(os.environ.get("YELLOWCART_PICTURE_LOOK_SECONDS", "86400"))
BUS = secret("BUS")
#: What stands before every subject there, so that installations can share a NATS.
BUS_SUBJECT = os.environ.get("YELLOWCART_BUS_SUBJECT", "yellowcart")
#: Files: who signs the server's certificate where the machine does not know, and ours for it.
BUS_CA = os.environ.get("YELLOWCART_BUS_CA", "")
BUS_CERT = os.environ.get("YELLOWCART_BUS_CERT", "")
BUS_KEY = os.environ.get("YELLOWCART_BUS_KEY", "")

#: Payment providers. One whose keys are missing is off and not offered; see ``docs/payments.md``.
ALIPAY = {
    "app_id": os.environ.get("YELLOWCART_ALIPAY_APP_ID", ""),
    "private_key": secret("ALIPAY_PRIVATE_KEY"),
    "public_key": secret("ALIPAY_PUBLIC_KEY"),
    "seller_id": os.environ.get("YELLOWCART_ALIPAY_SELLER_ID", ""),
    "gateway": os.environ.get("YELLOWCART_ALIPAY_GATEWAY", "https://openapi.alipay.com/gateway.do"),
}
WECHAT = {
    "mch_id": os.environ.get("YELLOWCART_WECHAT_MCH_ID", ""),
    "app_id": os.environ.get("YELLOWCART_WECHAT_APP_ID", ""),
    "serial_no": os.environ.get("YELLOWCART_WECHAT_SERIAL_NO", ""),
    "private_key": secret("WECHAT_PRIVATE_KEY"),
    "api_v3_key": secret("WECHAT_API_V3_KEY"),
    "public_key": secret("WECHAT_PUBLIC_KEY"),
    "public_key_id": os.environ.get("YELLOWCART_WECHAT_PUBLIC_KEY_ID", ""),
    "cert_dir": os.environ.get("YELLOWCART_WECHAT_CERT_DIR", ""),
    "gateway": os.environ.get("YELLOWCART_WECHAT_GATEWAY", "https://api.mch.weixin.qq.com"),
}
STRIPE = {
    "secret_key": secret("STRIPE_SECRET_KEY"),
    "webhook_secret": secret("STRIPE_WEBHOOK_SECRET"),
    "api_base": os.environ.get("YELLOWCART_STRIPE_API_BASE", "https://api.stripe.com"),
}


def database(url: str) -> dict[str, Any]:
    """Django's description of a ``postgresql://`` URL, socket folders included."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # The worker keeps a connection for each of its duties, and has more than sixteen.
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 32, "timeout": 10}, **query},
    }


# Without a URL (a type checker reading the settings) the name says what is missing.
DATABASES = {
    "default": database(os.environ.get("DATABASE_URL", "postgresql:///database-url-unset"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "oauth2_provider",
    "procrastinate.contrib.django",
    "yellowcart.core",
    "yellowcart.policy",
    "yellowcart.ledger",
    "yellowcart.people",
    "yellowcart.sources",
    "yellowcart.pictures",
    "yellowcart.shops",
    "yellowcart.catalog",
    "yellowcart.inventory",
    "yellowcart.listings",
    "yellowcart.live",
    "yellowcart.media",
    "yellowcart.videos",
    "yellowcart.payments",
    "yellowcart.promotions",
    "yellowcart.orders",
    "yellowcart.settlement",
    "yellowcart.gifts",
    "yellowcart.aftersales",
    "yellowcart.connections",
    "yellowcart.notices",
    "yellowcart.insights",
    "yellowcart.developers",
    "yellowcart.demo",
    "yellowcart.web.base",
    "yellowcart.web.reading",
    "yellowcart.web.trade",
    "yellowcart.web.viewer",
    "yellowcart.web.backoffice",
    "yellowcart.web.creator",
    "yellowcart.web.merchant",
    "yellowcart.web.operator",
    "yellowcart.web.developers",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "yellowcart.web.base.middleware.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yellowcart.developers.middleware.RateHeaders",
    "yellowcart.web.base.middleware.ProblemPages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Ours come before allauth's, whose pages we dress.
        "DIRS": [PACKAGE / "web" / "base" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yellowcart.web.base.context.shell",
            ],
        },
    }
]

FORM_RENDERER = "yellowcart.web.base.forms.Renderer"

ROOT_URLCONF = "yellowcart.config.urls"
ASGI_APPLICATION = "yellowcart.config.asgi.application"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_FORMS = {"login": "yellowcart.web.base.signing.LoginForm"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

OAUTH2_PROVIDER_APPLICATION_MODEL = "developers.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "developers.AuthorizationCode"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "developers.AccessToken"  # noqa: S105  a name
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "developers.RefreshToken"  # noqa: S105  a name
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "developers.IdentityToken"  # noqa: S105  a name
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "yellowcart.developers.oauth.Validator",
    "SCOPES_BACKEND_CLASS": "yellowcart.developers.oauth.Scopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3_600,
    # A refresh token lasts as long as Kuaishou's, counted anew with every use.
    "REFRESH_TOKEN_EXPIRE_SECONDS": 180 * 86_400,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "CLIENT_SECRET_GENERATOR_LENGTH": 48,
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "client_credentials", "refresh_token"],
    # Public clients prove themselves by PKCE alone.
    "OAUTH2_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": [
        "client_secret_basic",
        "client_secret_post",
        "none",
    ],
    # The best current practice of RFC 9700: S256 only, no implicit grant and no passwords, tokens
    # in headers only and stored as checksums, `iss` in answers.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
}
EMAIL_BACKEND = os.environ.get(
    "YELLOWCART_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend"
)

SESSION_COOKIE_NAME = "yellowcart_session"
CSRF_COOKIE_NAME = "yellowcart_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "yellowcart_language"
USE_I18N = True
LOCALE_PATHS = sorted(
    path for path in PACKAGE.glob("**/locale") if path.is_dir() and "static" not in path.parts
)
USE_TZ = True
#: The zone in which instants are shown and day figures cut.
TIME_ZONE = os.environ.get("YELLOWCART_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = home.data_dir() / "static"

LOGGING_CONFIG = None
UNFOLD = {"SITE_TITLE": "Yellowcart", "SITE_HEADER": "Yellowcart", "SITE_URL": "/"}

"""Configuration of Flask and its extensions, and security headers, from our settings."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from processes.platform.settings import Settings

LARGEST_REQUEST = 2 * 1024 * 1024  # a diagram is at most 1 MB
LARGEST_FIELD = 2 * 1024 * 1024  # the XML of a diagram is posted in one text field


def flask_config(settings: Settings) -> dict[str, Any]:
    """The configuration of the Flask app."""
    keys = [key.get_secret_value() for key in settings.secret_keys]
    return {
        "SECRET_KEY": keys[-1],
        "SECRET_KEY_FALLBACKS": keys[:-1],
        "WTF_CSRF_SECRET_KEY": keys,  # the last signs, each may have signed
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FIELD,
        "TRUSTED_HOSTS": trusted_hosts(settings),
        "SESSION_COOKIE_NAME": "__Host-loket" if settings.is_https else "loket",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_absolute_hours),
        "PREFERRED_URL_SCHEME": "https" if settings.is_https else "http",
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(hours=1),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session, so that a slow form is not lost
        "CONTENT_SECURITY_POLICY": content_security_policy(),  # for who deviates from it
        "LOKET_SETTINGS": settings,
    }


def trusted_hosts(settings: Settings) -> list[str]:
    """The allowed Host headers: that of the public address (threat 9)."""
    host = settings.public_host
    return ["127.0.0.1", "localhost"] if host in {"127.0.0.1", "localhost"} else [host]


def security_headers(settings: Settings) -> dict[str, str]:
    """The headers of every response, also error pages and static files."""
    headers = {
        "Content-Security-Policy": content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    if settings.is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def content_security_policy(*, forms_to: Iterable[str] = ()) -> str:
    """No inline code, nothing from elsewhere; forms lead to ourselves, and to these sources."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "frame-src 'self'",  # the preview of a form, beside its diagram
            " ".join(["form-action 'self'", *forms_to]),
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        ]
    )

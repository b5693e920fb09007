"""Pages with a form that leads to a login provider, and to wherever that sends the user on.

Chromium holds `form-action` (CSP 3 §6.4.2) also against each redirect that follows the form: a
provider leads users on to hosts that it alone knows, such as those of the means of eHerkenning.
So these pages, which hold nothing that users typed, let a form go to any host with TLS.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Response, make_response

from app.web.serving.config import content_security_policy
from processes.platform.settings import Settings


def leads_away(page: str, addresses: Iterable[str]) -> Response:
    """The page, whose forms may lead to these addresses and on from there.

    Hosts without TLS are allowed where one of the addresses has none: on one's own machine.
    """
    response = make_response(page)
    response.headers["Content-Security-Policy"] = content_security_policy(
        forms_to=_sources(addresses)
    )
    return response


def leads_to_oidc(page: str, settings: Settings) -> Response:
    """The page, whose forms may lead to the login providers by OIDC of these settings."""
    return leads_away(page, [getattr(settings, f"{name}_issuer") for name in settings.oidc_clients])


def _sources(addresses: Iterable[str]) -> list[str]:
    schemes = {urlsplit(address).scheme for address in addresses}
    return ["https:", "http:"] if "http" in schemes else ["https:"]

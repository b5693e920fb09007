"""The server of access tokens (Authlib), imported with the first question: it is large."""

from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from app.web.db import db
from processes.engine.openings import access
from processes.engine.openings.clients import of_token
from processes.engine.store.opening_models import Opening
from processes.unit_of_work import unit_of_work

CLIENT_CREDENTIALS = "client_credentials"
METHODS = ["client_secret_basic", "client_secret_post"]


class Client(ClientMixin):
    """An opening as Authlib knows a client."""

    def __init__(self, client_id: str) -> None:
        self.client_id = client_id
        self.opening: Opening | None = None

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether this is the secret of the opening with this id, which is enabled."""
        found = of_token(db.session(), client_secret)
        is_theirs = found is not None and self.client_id in {str(found.id), found.id.hex}
        self.opening = found if is_theirs else None
        return is_theirs

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Whether a client may prove itself like this."""
        return method in METHODS and endpoint == "token"

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether it may ask this grant: there is one."""
        return grant_type == CLIENT_CREDENTIALS

    def get_allowed_scope(self, _scope: str) -> str:
        """No scope: an opening says what it may do."""
        return ""


class Grant(ClientCredentialsGrant):
    """The grant for clients that keep a secret."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


def _keep(token: dict[str, Any], asked: Any) -> None:
    session, opening = db.session(), asked.client.opening
    access.keep(session, opening, token["access_token"])
    access.note_use(session, opening.id)
    unit_of_work(session).commit()


SERVER = AuthorizationServer(query_client=Client, save_token=_keep)
SERVER.load_config(
    {"OAUTH2_TOKEN_EXPIRES_IN": {CLIENT_CREDENTIALS: int(access.LIFETIME.total_seconds())}}
)
SERVER.register_grant(Grant)

"""For gunicorn and other WSGI servers: gunicorn "app.wsgi:app"."""

from app.factory import create_app
from workers.settings import current_settings

app = create_app(current_settings())

"""Runs the portal in a thread of the test, so that the test can set its clock."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from app.factory import create_app
from app.web.db import db
from processes.platform.settings import use_settings
from tests.product import Product


@contextmanager
def web_of(product: Product) -> Iterator[str]:
    """Another web server on the product's database; yields its address."""
    app = create_app(product.settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        with app.app_context():
            db.engine.dispose()
        use_settings(None)

"""The one search page: of the catalogue, and of a portfolio, which also finds what has ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for

from app.web.db import db
from app.web.pages import page_number
from app.web.search.choices import choices_of
from app.web.search.chosen import chosen_filters
from processes.base import today
from processes.register.catalogue.address import query_of, words_of
from processes.register.catalogue.catalogue import provider_names, search
from processes.register.search.restrictions import Scope
from workers import questions

NO_FILTER = {"pagina", "volgorde"}
ORDERS = [
    ("", "Beste treffer eerst"),
    ("begin", "Begint het eerst"),
    ("uren", "Minste uren eerst"),
    ("prijs", "Laagste prijs eerst"),
    ("nieuw", "Nieuwste eerst"),
]


def search_page(scope: Scope, more: Mapping[str, Any] | None = None) -> str:
    """The page for the search of this address."""
    query = replace(query_of(request.args.to_dict(flat=False)), scope=scope)
    found = search(db.session(), on=today(), query=query, page=page_number())
    if page_number() == 1 and not (query.facets or query.provider or query.providers):
        questions.tell(query.text if found.total == 0 else " ".join(found.left_out))
    choices = choices_of(query, found, provider_names(db.session(), query.providers))
    return render_template(
        f"{'portfolio/find' if scope is Scope.PORTFOLIO else 'catalogue/index'}.html",
        query=query,
        page=found,
        choices=choices,
        chosen=chosen_filters(request.path, request.args, query, choices),
        orders=ORDERS,
        follow=_follow,
        to_keep=words_of(query),
        today=today(),
        **(more or {}),
    )


def _follow(endpoint: str) -> str:
    """The address of a feed or calendar of this search, or of the same in the other scope."""
    kept = [(name, each) for name, each in request.args.items(multi=True) if each]
    words = urlencode([(name, each) for name, each in kept if name not in NO_FILTER])
    return url_for(endpoint) + (f"?{words}" if words else "")

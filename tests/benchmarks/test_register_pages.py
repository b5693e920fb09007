"""The benchmark of the catalogue asks what it says; a parameter of no name is ignored."""

from urllib.parse import parse_qs, urlsplit

from processes.register.catalogue.address import query_of
from processes.register.catalogue.catalogue import CatalogueQuery
from tests.benchmarks.register_pages import ASKED


def test_each_address_asks_what_its_name_says() -> None:
    asked = {name: query_of(parse_qs(urlsplit(address).query)) for name, address in ASKED.items()}
    assert asked == {
        "common word": CatalogueQuery(text="rekenen"),
        "two words": CatalogueQuery(text="rekenen coachen"),
        "one facet": CatalogueQuery(sectors=frozenset({"po"})),
    }

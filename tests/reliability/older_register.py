"""The older register as a live system with its own database."""

from collections.abc import Iterator, Sequence

import psycopg

from tests.reliability.database_server import DatabaseServer

TABLE = "activiteiten"
COLUMNS = (
    "activiteit_id",
    "account",
    "kvknummer",
    "aanbieder",
    "titel",
    "type",
    "inhoud",
    "contacturen",
)


class OlderRegister:
    """What it has of each company; it is asked, and never written to."""

    def __init__(self, kvks: Sequence[str], offers: Sequence[int]) -> None:
        self._counts = {kvk: offers[place % len(offers)] for place, kvk in enumerate(kvks)}
        self.server = DatabaseServer()

    @property
    def port(self) -> int:
        return self.server.port

    def begin(self) -> None:
        self.server.begin()
        columns = ", ".join(f"{column} text" for column in COLUMNS)
        places = ", ".join("%s" for _ in COLUMNS)
        with psycopg.connect(self.server.address) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {TABLE} ({columns})".encode())
            rows = [row for kvk in self._counts for row in self._rows(kvk)]
            cursor.executemany(f"INSERT INTO {TABLE} VALUES ({places})".encode(), rows)  # noqa: S608 - our own words

    def close(self) -> None:
        self.server.close()

    def ids_of(self, kvk: str) -> set[str]:
        """The offers that this company has there."""
        return {f"{kvk}{number}" for number in range(self._counts[kvk])}

    def _rows(self, kvk: str) -> Iterator[tuple[str, ...]]:
        for number, id_ in enumerate(sorted(self.ids_of(kvk))):
            about = (f"account-{kvk}", kvk, f"Bedrijf {kvk}")
            yield id_, *about, f"Rekenen {number}", "cursus", "Oefenen", str(number + 1)

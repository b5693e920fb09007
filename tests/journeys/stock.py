"""Test data: providers and offers, made through the rules of the register."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from processes.casework.offers.publication import Worker, begin, take_step
from processes.register.offers import offers
from processes.register.providers import providers
from tests.product import Product
from workers.vocabulary import vocabulary

COMPLETE = {
    "kind": "cursus",
    "contribution": "<p>Na afloop geeft u rekenles die bij elke leerling past.</p>",
    "content": "<p>Vier middagen oefenen met eigen lessen.</p>",
    "contact_hours": "12",
    "self_study_hours": "4",
    "areas": ["vakdidactisch", "vakinhoudelijk"],
    "sectors": ["po", "vo"],
}


class Stock:
    """One provider, and whatever it offers."""

    def __init__(self, product: Product, kvk: str, name: str) -> None:
        vocabulary()  # this process moves cases: it has to know the delegates
        self.product, self.kvk = product, kvk
        with self._changing() as session:
            providers.register(
                session,
                kvk=kvk,
                reference=providers.new_reference(),
                company={"kvk": kvk, "name": name},
                corrections={},
                display_name=name,
                company_known=True,
                contact={"name": "Noor de Wit", "email": f"info@{kvk}.example"},
                registered_by="medewerker 1",
            )

    def concept(self, title: str, *, branch: str | None = None, **changes: Any) -> UUID:
        """An offer with all that publishing asks, unless `changes` says otherwise."""
        with self._changing() as session:
            provider = providers.provider_of(session, self.kvk)
            assert provider is not None
            offer = offers.create(session, provider, by="medewerker 1", branch=branch)
            begin(session, offer, by=self._worker)
            fields = {**COMPLETE, "title": title, **changes}
            offers.edit(session, offer.id, fields, based_on=offer.version, by="medewerker 1")
            return offer.id

    def published(self, title: str, *, branch: str | None = None, **changes: Any) -> UUID:
        offer_id = self.concept(title, branch=branch, **changes)
        self._step(offer_id, {"action": "publish"})
        return offer_id

    def ends_on(self, offer_id: UUID, day: date) -> None:
        self._step(offer_id, {"action": "end-date", "end_date": day.isoformat()})

    @property
    def _worker(self) -> Worker:
        return Worker(self.kvk, None, "medewerker 1")

    def _step(self, offer_id: UUID, variables: dict[str, Any]) -> None:
        with self._changing() as session:
            offer = offers.offer_of(session, offer_id, kvk=self.kvk)
            take_step(session, offer, variables, by=self._worker)

    @contextmanager
    def _changing(self) -> Iterator[Session]:
        with self.product.database.writing() as session:
            yield session

"""Queries on the product's database for what a page does not show."""

from collections.abc import Sequence

from sqlalchemy import select

from processes.engine.store.models import InstanceStatus, ProcessInstance
from processes.register.offers.offers import Offer
from processes.register.providers.providers import Provider
from tests.product import Product


def find_provider(product: Product, kvk: str) -> Provider | None:
    with product.database.reading() as session:
        return session.scalar(select(Provider).where(Provider.kvk == kvk))


def provider_of(product: Product, kvk: str) -> Provider:
    """The provider, which must be there."""
    provider = find_provider(product, kvk)
    assert provider is not None
    return provider


def offers_of(product: Product, kvk: str) -> Sequence[Offer]:
    query = select(Offer).join(Provider).where(Provider.kvk == kvk)
    with product.database.reading() as session:
        return session.scalars(query.order_by(Offer.title)).all()


def onboarding_of(product: Product, kvk: str) -> ProcessInstance | None:
    """The onboarding of this company."""
    query = select(ProcessInstance).where(
        ProcessInstance.process_key == "provider_onboarding", ProcessInstance.business_key == kvk
    )
    with product.database.reading() as session:
        return session.scalar(query)


def is_completed(product: Product, kvk: str) -> bool:
    """Whether the onboarding came to its end, mail and migration and all."""
    instance = onboarding_of(product, kvk)
    return instance is not None and instance.status is InstanceStatus.COMPLETED


def are_over(product: Product, kvk: str, process_key: str) -> bool:
    """Whether this company had cases of this process, and all came to their end."""
    query = select(ProcessInstance.status).where(
        ProcessInstance.process_key == process_key, ProcessInstance.tenant == kvk
    )
    with product.database.reading() as session:
        return set(session.scalars(query)) == {InstanceStatus.COMPLETED}

"""Knows every table of Loket, so that migrations and tests see them all."""

from sqlalchemy import MetaData

from processes.base import Base


def all_tables() -> MetaData:
    """The metadata of the database, complete."""
    from importlib import import_module
    from pkgutil import iter_modules
    import processes.register

    for module in iter_modules(processes.register.__path__, "processes.register."):
        import_module(module.name)
    for name in ("processes.engine.models", "app.auth.sessions"):
        try:
            import_module(name)
        except ImportError:
            pass
    return Base.metadata

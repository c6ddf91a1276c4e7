"""Constants of a client's module, changed only if they are there: else half of its traffic would still go elsewhere."""

from __future__ import annotations

from types import ModuleType

from legenda.errors import MissingComponentError


def put(module: ModuleType, **values: str) -> None:
    """Change constants of a module.

    Raises:
        MissingComponentError: it does not have all of them; none is changed.
    """
    if missing := [name for name in values if not isinstance(getattr(module, name, None), str)]:
        raise MissingComponentError(
            f"{module.__name__} cannot be redirected", f"it has no {', '.join(missing)}", "use another version of it"
        )
    for name, value in values.items():
        setattr(module, name, value)

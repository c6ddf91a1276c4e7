"""A Legenda server as a library: what is read there comes back as the same `Document` and the same errors."""

from importlib.util import find_spec

from legenda.errors import MissingComponentError

if find_spec("httpx2") is None:
    raise MissingComponentError("The client needs httpx2", "", "pip install 'legenda[client]'")

from legenda.client.client import Client
from legenda.client.job import RemoteJob

__all__ = ["Client", "RemoteJob"]

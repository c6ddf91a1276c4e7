"""Values of a document by a JSON Schema, each with its page and place; what is not there is left out, never made up."""

from legenda.desk.extract.extraction import Extraction, Found, extract
from legenda.desk.extract.mrz import MRZ, machine_readable

__all__ = ["MRZ", "Extraction", "Found", "extract", "machine_readable"]

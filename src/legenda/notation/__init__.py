"""A crop to what it says in the notation of its field: a folder for each kind, a router for crops of unknown kind."""

from legenda.notation.base import Raster
from legenda.notation.lettering import letter_boxes
from legenda.notation.reading import READ, read
from legenda.notation.router import kind_of

__all__ = ["READ", "Raster", "kind_of", "letter_boxes", "read"]

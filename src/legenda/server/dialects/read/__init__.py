"""A document as Read-shaped JSON has it: pages of lines and words with spans into one text, now and as of Read 3.x.

Pure renderings, which several dialects share. Meanings of the fields are those of Azure's Read: polygons in the page's
frame as given, inches for PDF and pixels for pictures, spans into the whole content.
"""

from legenda.server.dialects.read.pages import MODEL_DATE, current, former
from legenda.server.dialects.read.rendition import Rendition
from legenda.server.dialects.read.rulers import INDEX_TYPES, IndexType, Ruler
from legenda.server.dialects.read.styles import handwriting

__all__ = ["INDEX_TYPES", "MODEL_DATE", "IndexType", "Rendition", "Ruler", "current", "former", "handwriting"]

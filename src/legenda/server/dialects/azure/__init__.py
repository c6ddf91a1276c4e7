"""Azure's readers: Document Intelligence (`prebuilt-read`, `prebuilt-layout`), and Read 3.2 of Computer Vision."""

from legenda.server.dialects import SHAPES
from legenda.server.dialects.azure.errors import shape
from legenda.server.dialects.azure.routes import router

__all__ = ["router"]

SHAPES["/documentintelligence"] = SHAPES["/vision/v3.2"] = shape

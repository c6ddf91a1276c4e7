"""PicWish's document OCR: a task for a file or a URL, one file as its result; and a relay of it, which waits."""

from legenda.server.dialects import SHAPES
from legenda.server.dialects.picwish.errors import shape
from legenda.server.dialects.picwish.routes import router

__all__ = ["router"]

SHAPES["/task"] = SHAPES["/api/tasks/document/ocr"] = shape

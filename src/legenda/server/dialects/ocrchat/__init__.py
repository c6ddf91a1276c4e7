"""OCR.chat: a file in, its text page by page out, and answers to questions about it."""

from legenda.server.dialects import SHAPES
from legenda.server.dialects.ocrchat.errors import shape
from legenda.server.dialects.ocrchat.routes import router

__all__ = ["router"]

SHAPES["/api/v1"] = shape

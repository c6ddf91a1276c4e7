"""Lazarus Forms, OCR version 1 and 2: read at once or as a ZIP, told by webhooks, PUT where the caller wants it."""

from legenda.server.dialects import HOOKS, SHAPES
from legenda.server.dialects.lazarus.errors import shape
from legenda.server.dialects.lazarus.messages import Messages
from legenda.server.dialects.lazarus.routes import router

__all__ = ["router"]

SHAPES["/api/forms"] = SHAPES["/api/developer"] = SHAPES["/api/library-metrics"] = shape
HOOKS["lazarus"] = Messages()

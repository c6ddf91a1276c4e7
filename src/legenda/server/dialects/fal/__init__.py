"""fal's interface for `fal-ai/got-ocr/v2`: run, queue, streams, realtime, storage, webhooks."""

from legenda.server.dialects import HOOKS, SHAPES
from legenda.server.dialects.fal.answers import DIALECT
from legenda.server.dialects.fal.errors import shape
from legenda.server.dialects.fal.hook import FalHook
from legenda.server.dialects.fal.routes import router

__all__ = ["router"]

for prefix in ("/run", "/queue", "/rest", "/cdn", "/models", "/api/openapi"):
    SHAPES[prefix] = shape
HOOKS[DIALECT] = FalHook()

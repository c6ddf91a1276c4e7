"""OpenAI's chat completions, as far as they read images: models are tiers, the answer is what was read."""

from legenda.server.dialects import SHAPES
from legenda.server.dialects.openai.errors import shape
from legenda.server.dialects.openai.routes import router

__all__ = ["router"]

SHAPES["/v1/chat/completions"] = SHAPES["/v1/models"] = shape

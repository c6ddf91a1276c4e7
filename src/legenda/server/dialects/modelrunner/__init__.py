"""ModelRunner's interface for `stepfun-ai/got-ocr/v2`: queue, run, history, storage, realtime, webhooks."""

from legenda.server.dialects import HOOKS, SHAPES
from legenda.server.dialects.modelrunner.answers import DIALECT
from legenda.server.dialects.modelrunner.errors import shape
from legenda.server.dialects.modelrunner.hook import ModelRunnerHook
from legenda.server.dialects.modelrunner.routes import router

__all__ = ["router"]

for prefix in ("/mr/run", "/mr/queue", "/mr/rest"):
    SHAPES[prefix] = shape
HOOKS[DIALECT] = ModelRunnerHook()

"""All of ModelRunner's routes; those of the history come first, since the queue's take any path."""

from __future__ import annotations

from fastapi import APIRouter

from legenda.server.dialects.modelrunner import history, queueing, realtime, running, storage, webhooks

router = APIRouter()
for part in (history, queueing, running, realtime, storage, webhooks):
    router.include_router(part.router)

"""Mistral's OCR: pages of Markdown with blocks and confidences, and the files that it reads."""

from fastapi import APIRouter

from legenda.server.dialects import SHAPES
from legenda.server.dialects.mistral import files, ocr
from legenda.server.dialects.mistral.errors import shape

__all__ = ["router"]

router = APIRouter()
router.include_router(ocr.router)
router.include_router(files.router)

SHAPES["/v1/ocr"] = SHAPES["/v1/files"] = shape

"""What can be asked for: formats and languages."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter
from starlette.responses import Response

from legenda.exports import EXPORTERS
from legenda.exports.media import media_type
from legenda.languages import languages
from legenda.server.api import render
from legenda.server.api.models import FormatOut, LanguageOut

router = APIRouter(prefix="/v1", tags=["catalogue"])


@router.get("/formats", summary="List the formats of results", responses={200: {"model": list[FormatOut]}})
def formats() -> Response:
    """What `formats` of a job and `format` of a result may be."""
    return render.answer(_formats())


@router.get("/languages", summary="List the languages", responses={200: {"model": list[LanguageOut]}})
def known() -> Response:
    """What `languages` of a job may be; other codes and names of the same languages are understood, too."""
    return render.answer(_languages())


@cache
def _formats() -> list[render.Json]:
    return [{"name": name, "suffix": EXPORTERS[name].suffix, "media_type": media_type(name)} for name in EXPORTERS]


@cache
def _languages() -> list[render.Json]:
    return [{"code": x.code, "name": x.name, "script": x.script, "engine": x.engine} for x in languages()]

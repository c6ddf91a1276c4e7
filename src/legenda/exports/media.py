"""What the files of each format are called on the wire."""

from __future__ import annotations

_TYPES = {
    "txt": "text/plain; charset=utf-8",
    "txt-layout": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "mmd": "text/markdown; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "hocr": "text/html; charset=utf-8",
    "alto": "application/xml",
    "pdf": "application/pdf",
    "pdf-a": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "zip": "application/zip",
    "latex": "application/x-tex; charset=utf-8",
    "tikz": "application/x-tex; charset=utf-8",
    "svg": "image/svg+xml",
    "smiles": "chemical/x-daylight-smiles",
    "mol": "chemical/x-mdl-sdfile",
    "kern": "text/plain; charset=utf-8",
    "musicxml": "application/vnd.recordare.musicxml+xml",
    "midi": "audio/midi",
}


def media_type(format: str) -> str:
    """Media type of a format's files."""
    return _TYPES.get(format, "application/octet-stream")

"""What models write, taken apart: Markdown with LaTeX and HTML in it, blocks with boxes, JSON."""

from legenda.engines.markup.layouts import grounded, layout_json
from legenda.engines.markup.markdown import markdown
from legenda.engines.markup.plain import plain

__all__ = ["grounded", "layout_json", "markdown", "plain"]

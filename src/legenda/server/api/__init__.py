"""Legenda's own REST interface, `/v1`: pydantic models and rendering live here and nowhere further in."""

"""Talks to a Legenda server."""

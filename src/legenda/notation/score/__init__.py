"""Sheet music to `**kern` and MusicXML: staves found classically, read by our own network, put in time by rule."""

from legenda.notation.score.reader import read

__all__ = ["read"]

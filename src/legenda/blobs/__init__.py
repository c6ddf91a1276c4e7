"""Inputs and results, on obstore: a folder, S3, GCS, Azure."""

from legenda.blobs.keys import checked
from legenda.blobs.store import BlobStore, Content

__all__ = ["BlobStore", "Content", "checked"]

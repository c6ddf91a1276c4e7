"""Inputs and results, on obstore: a folder, S3, GCS, Azure."""

from legenda.blobs.collection import Collection
from legenda.blobs.keys import checked, escaped
from legenda.blobs.store import BlobStore, Content

__all__ = ["BlobStore", "Collection", "Content", "checked", "escaped"]

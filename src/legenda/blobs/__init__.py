"""Inputs and results, on obstore: a folder, S3, GCS, Azure."""

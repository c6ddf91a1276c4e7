"""Huge offline runs over folders and buckets: a manifest of shards, each read once, whoever dies meanwhile."""

"""Runs what the store hands out: an executor's workers do the work, the dispatcher carries it there and back."""

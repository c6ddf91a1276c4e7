"""One page from source to `Page`; the `Reader` over many."""

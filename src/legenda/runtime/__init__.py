"""Running models: the processor, sessions, and the weights that packages carry or `legenda models add` fetched."""

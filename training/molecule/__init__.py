"""What made the numbers in `legenda.notation.molecule`."""

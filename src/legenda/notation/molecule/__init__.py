"""Molecules to SMILES and MOL: OSRA reads them in a sandbox, RDKit checks them."""

from legenda.notation.molecule.reader import read

__all__ = ["read"]

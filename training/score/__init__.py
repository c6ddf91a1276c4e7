"""How the network that reads staves is made."""

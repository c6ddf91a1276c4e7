"""The commands as tools of agents (Model Context Protocol)."""

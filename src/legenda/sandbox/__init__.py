"""Run a child safely: resource limits, time limits, kill the whole tree."""

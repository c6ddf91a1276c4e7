"""Tools: presets by name, each a few lines of `tools.toml`."""

from legenda.desk.tools.catalogue import TOOLS, Tool, lacks, tool
from legenda.desk.tools.running import Given, Made, run

__all__ = ["TOOLS", "Given", "Made", "Tool", "lacks", "run", "tool"]

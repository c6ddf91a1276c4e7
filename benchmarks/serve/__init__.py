"""The server under load, under faults and over a long time: `make load`, `make faults`, `make soak`."""

"""What the interfaces of fal and ModelRunner share (the one's clients are forks of the other's): applications, inputs,
words, logs, streams, outputs. No routes of its own, and nothing that only one of them says.
"""  # noqa: D205

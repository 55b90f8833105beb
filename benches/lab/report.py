"""Figures in words."""

import contextlib
import statistics
import subprocess


def output_of(*words):
    """What a command says, or nothing if it is not there."""
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    return ""


def middle(values):
    return statistics.median(values)


def table(rows):
    """Rows of text as a Markdown table; the first is the head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines)

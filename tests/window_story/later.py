"""A person who pauses a download, leaves, comes back later, and has it go on where it was."""

import os
import subprocess

from person import (
    ADDRESS, NAME, SAVE_TO, SLOW, Atspi, arrive, click, clipboard, do, find, leave, order, picture,
    row, wait, wait_for,
)


def arrived_share():
    bar = find("progress bar", f"Progress of {NAME}")
    return Atspi.Value.get_current_value(bar) if bar else 0


def main():
    window = arrive()
    order(ADDRESS, SAVE_TO, window)
    wait("some of it", lambda: arrived_share() >= 10)
    click(wait_for("push button", f"Pause {NAME}"), window)
    wait_for("push button", f"Resume {NAME}")
    leave()
    if os.listdir(os.path.dirname(SAVE_TO)) == [NAME]:
        raise SystemExit("a part of the file stands under its name")

    again = subprocess.Popen([os.environ["STORY_ASHORE"]])
    window = arrive()
    wait("it to rest where it was", lambda: (found := row(NAME)) and ", Paused · " in found[0])
    if arrived_share() < 10:
        raise SystemExit("what had come was forgotten")
    picture("window-paused.png")
    click(wait_for("push button", f"Resume {NAME}"), window)
    wait_for("push button", f"Open {NAME}")
    unfold = find("push button", "Show the log")
    if unfold:
        click(unfold, window)
    click(wait_for("push button", "Copy the log"), window)
    wait("a word about the joint", lambda: "Joined at" in clipboard())
    do("xdotool", "key", "alt+F4")
    if again.wait(SLOW) != 0:
        raise SystemExit(f"Ashore ended with code {again.returncode}")
    print("the story ended well")


main()

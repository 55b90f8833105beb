"""A person who has a whole folder brought, and looks into its row; also on the next day."""

import os
import subprocess

from person import (
    ADDRESS, NAME, SAVE_TO, SLOW, arrive, click, do, leave, order, picture, row, seen, wait,
    wait_for,
)


def files():
    """The files that are shown under the row, with what is said of them."""
    return [name for _, name, _ in seen() if name.startswith("f000") and ", " in name]


def main():
    window = arrive()
    order(ADDRESS, SAVE_TO, window)
    wait_for("push button", f"Open {NAME}")
    words, _ = row(NAME)
    print(words)
    if "Complete" not in words:
        raise SystemExit(f"it is not said to be complete: {words}")
    if files():
        raise SystemExit("a folder is one row")
    click(wait_for("push button", f"Show the files of {NAME}"), window)
    before = wait("its files", files)
    picture("window-folder.png")
    if len(os.listdir(SAVE_TO)) != 20:
        raise SystemExit(f"not all is here: {os.listdir(SAVE_TO)}")
    leave()

    again = subprocess.Popen([os.environ["STORY_ASHORE"]])
    window = arrive()
    wait("its row", lambda: row(NAME))
    if files():
        raise SystemExit("a folder is one row after a restart, too")
    click(wait_for("push button", f"Show the files of {NAME}"), window)
    after = wait("its files, again", files)
    picture("window-folder-again.png")
    print(sorted(after))
    if not set(before) & set(after) or not all(name.endswith(", 1.0 KB") for name in after):
        raise SystemExit(f"these are others: {before}")
    do("xdotool", "key", "alt+F4")
    if again.wait(SLOW) != 0:
        raise SystemExit(f"Ashore ended with code {again.returncode}")
    print("the story ended well")


main()

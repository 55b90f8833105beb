"""A person who has a whole folder brought, and looks into its row."""

import os

from person import (
    ADDRESS, NAME, SAVE_TO, arrive, click, do, order, picture, row, seen, wait, wait_for,
)


def main():
    window = arrive()
    order(ADDRESS, SAVE_TO, window)
    wait_for("push button", f"Open {NAME}")
    words, _ = row(NAME)
    print(words)
    if "Complete" not in words:
        raise SystemExit(f"it is not said to be complete: {words}")
    if any(name.startswith("f000") for _, name, _ in seen()):
        raise SystemExit("a folder is one row")
    click(wait_for("push button", f"Show the files of {NAME}"), window)
    wait("its files", lambda: any(name.startswith("f000") for _, name, _ in seen()))
    picture("window-folder.png")
    if len(os.listdir(SAVE_TO)) != 20:
        raise SystemExit(f"not all is here: {os.listdir(SAVE_TO)}")
    do("xdotool", "key", "alt+F4")
    print("the story ended well")


main()

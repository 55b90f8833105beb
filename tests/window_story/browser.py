"""A person who looks around a server: finds some of its files, chooses three, and has them brought."""

import os

from person import (
    ADDRESS, SAVE_TO, Atspi, arrive, click, do, find, picture, seen, type_into, wait, wait_for,
)


def rows():
    """The rows that are in sight, by the names of their files."""
    found = {}
    for role, name, node in seen():
        if role == "list item" and ", file, " in name:
            found[name.split(", ")[0]] = node
    return found


def is_chosen(node):
    return node.get_state_set().contains(Atspi.StateType.SELECTED)


def main():
    window = arrive()
    type_into("Address", ADDRESS, window)
    click(wait_for("push button", "Browse server…"), window)
    wait("the files of the folder", lambda: "f00000" in rows())
    do("xdotool", "type", "f0001")  # over the rows: that finds
    wait("only those that were looked for", lambda: sorted(rows()) == [f"f000{n}" for n in range(10, 20)])
    click(rows()["f00010"], window)
    wait("the first to be chosen", lambda: is_chosen(rows()["f00010"]))
    do("xdotool", "keydown", "shift")
    click(rows()["f00012"], window)
    do("xdotool", "keyup", "shift")
    wait("three to be chosen", lambda: sum(map(is_chosen, rows().values())) == 3)
    type_into("Save to", SAVE_TO, window)
    picture("window-browsing.png")
    click(wait_for("push button", "Download"), window)
    wait("the files", lambda: sorted(os.listdir(SAVE_TO)) == ["f00010", "f00011", "f00012"])
    wait("a word about them", lambda: any("Downloaded, unchanged" in name for _, name, _ in seen()))
    picture("window-browsed.png")
    click(wait_for("push button", "Close the browser"), window)
    wait("the list", lambda: find("push button", "Open f00012"))
    do("xdotool", "key", "alt+F4")
    print("the story ended well")


main()

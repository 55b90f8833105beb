"""A person who brings what waits into another order: drags rows with the mouse, moves them by key."""

import time

from person import (
    ADDRESS, Atspi, GLib, arrive, click, do, paste, picture, seen, wait, wait_for,
)

COUNT = 40
NAMES = [f"f{n:02}" for n in range(COUNT)]


def rows():
    """The waiting rows that are in sight, from the top down."""
    found = []
    for role, name, node in seen():
        if role == "list item" and ", Waiting" in name:
            try:
                top = node.get_extents(Atspi.CoordType.WINDOW).y
            except GLib.Error:
                continue  # It was scrolled out of sight meanwhile.
            found.append((top, name.split(",")[0], node))
    return [(name, node) for _, name, node in sorted(found, key=lambda it: it[0])]


def names():
    return [name for name, _ in rows()]


def node(name):
    return wait(f"the row {name}", lambda: dict(rows()).get(name))


def middle(of):
    box = of.get_extents(Atspi.CoordType.WINDOW)
    return box.x + box.width // 3, box.y + box.height // 2


def move(window, x, y):
    do("xdotool", "mousemove", "--window", window, str(x), str(y))
    time.sleep(0.05)


def take(window, name):
    """Takes a row, and moves the mouse so far that it is no click."""
    x, y = middle(node(name))
    move(window, x, y)
    do("xdotool", "mousedown", "1")
    for step in range(1, 5):
        move(window, x, y + 5 * step)
    return x


def main():
    window = arrive()
    wait_for("push button", "Download")
    paste("\n".join(ADDRESS + name for name in NAMES))
    click(wait_for("push button", f"Download {COUNT} files that were pasted"), window)
    click(wait_for("push button", "Fold the log"), window)
    wait_for("push button", "Show the log")
    wait("rows that wait", lambda: len(rows()) > 5)
    first = names()
    chosen = first[3:5]
    click(node(chosen[0]), window)
    do("xdotool", "keydown", "shift")
    click(node(chosen[1]), window)
    do("xdotool", "keyup", "shift")
    wait("two to be chosen", lambda: any(name == "2 chosen" for _, name, _ in seen()))

    # Held at the lower edge, the list brings up what waits below.
    x = take(window, chosen[0])
    bar = next(of for _, name, of in seen() if name == "2 chosen")
    edge = bar.get_extents(Atspi.CoordType.WINDOW).y - 24
    move(window, x, edge)
    wait("the list to scroll to its end", lambda: NAMES[-1] in names())
    picture("window-dragging.png")
    move(window, x, edge - 1)
    do("xdotool", "mouseup", "1")
    wait("both in their new place", lambda: is_together(names(), chosen, first))
    picture("window-dragged.png")

    # The keys move both as well.
    before = names()
    at = before.index(chosen[0])
    do("xdotool", "key", "alt+Up")
    wait("both one place higher", lambda: names().index(chosen[0]) == names().index(before[at - 1]) - 2)

    # Escape gives up.
    before = names()
    x = take(window, before[-2])
    move(window, *middle(node(before[-4])))
    do("xdotool", "key", "Escape")
    do("xdotool", "mouseup", "1")
    time.sleep(0.3)  # nothing is to come
    if names() != before:
        raise SystemExit(f"Escape did not give up: {before} became {names()}")
    do("xdotool", "key", "alt+F4")
    print("the story ended well")


def is_together(now, chosen, first):
    """Whether the chosen rows stand together among the last, in their order."""
    if not all(name in now for name in chosen):
        return False
    at = now.index(chosen[0])
    return now[at:at + 2] == chosen and now[at - 1] > first[-1]


main()

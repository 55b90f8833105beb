"""A person at the window: pastes an address, clicks Download, watches, reads the log, leaves.

What is on the screen is read from the accessibility tree, as a screen reader reads it. What is done
is done with the mouse and the keyboard.
"""

import os
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

ADDRESS = os.environ["STORY_ADDRESS"]
SAVE_TO = os.environ["STORY_SAVE_TO"]
ARTEFACTS = os.environ["STORY_ARTEFACTS"]
NAME = SAVE_TO.rsplit("/", 1)[-1]
SLOW = 20  # seconds that anything may take on a busy machine


def walk(node, depth=0):
    """Every node under `node`. What vanishes meanwhile is left out."""
    yield node
    if depth > 40:
        return
    try:
        node.clear_cache()
        children = [node.get_child_at_index(n) for n in range(node.get_child_count())]
    except GLib.Error:
        return
    for child in children:
        if child is not None:
            yield from walk(child, depth + 1)


def ashore():
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    for n in range(desktop.get_child_count()):
        try:
            child = desktop.get_child_at_index(n)
            if child is not None and child.get_name() == "ashore":
                return child
        except GLib.Error:
            pass  # It is just leaving.
    return None


def seen():
    """(role, name, node) of everything on the screen."""
    app = ashore()
    found = []
    for node in walk(app) if app else ():
        try:
            found.append((node.get_role_name(), node.get_name() or "", node))
        except GLib.Error:
            pass
    return found


def find(role, name):
    for this_role, this_name, node in seen():
        if this_role == role and this_name == name:
            return node
    return None


def wait(what, look, patience=SLOW):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    print("--- on the screen:")
    for role, name, _ in seen():
        print(f"{role}: {name}")
    raise SystemExit(f"this did not come within {patience} s: {what}")


def wait_for(role, name):
    return wait(f"{role} {name!r}", lambda: find(role, name))


def do(*words):
    subprocess.run(words, check=True, timeout=SLOW)


def picture(name):
    do("import", "-window", "root", os.path.join(ARTEFACTS, name))


def click(node, window):
    box = node.get_extents(Atspi.CoordType.WINDOW)
    x, y = box.x + box.width // 2, box.y + box.height // 2
    do("xdotool", "mousemove", "--window", window, str(x), str(y))
    time.sleep(0.1)
    do("xdotool", "click", "1")


def type_into(name, text, window):
    """Clicks into the entry, and types over what is there."""
    click(wait_for("entry", name), window)
    wait(f"the keyboard to be in {name}", lambda: has_keyboard(find("entry", name)))
    do("xdotool", "key", "ctrl+a")
    do("xdotool", "type", "--delay", "4", text)
    wait(f"{name} to hold {text!r}", lambda: content(name) == text)


def has_keyboard(node):
    return node is not None and node.get_state_set().contains(Atspi.StateType.FOCUSED)


def content(name):
    entry = find("entry", name)
    return Atspi.Text.get_text(entry, 0, -1) if entry else None


def paste(text):
    """Has the text in the clipboard, and pastes it wherever the keyboard is."""
    words = ["xclip", "-selection", "clipboard", "-in"]
    subprocess.run(words, input=text.encode(), stdout=subprocess.DEVNULL, timeout=SLOW, check=True)
    do("xdotool", "key", "ctrl+v")


def clipboard():
    words = ["xclip", "-selection", "clipboard", "-out"]
    said = subprocess.run(words, capture_output=True, timeout=SLOW, check=False)
    return said.stdout.decode(errors="replace")


def row(name):
    """The row of a transfer: what a screen reader hears of it."""
    for role, words, node in seen():
        if role == "list item" and words.startswith(f"{name}, "):
            return words, node
    return None


def order(address, save_to, window):
    """Types an address and a place, and clicks Download."""
    type_into("Address", address, window)
    type_into("Save to", save_to, window)
    click(wait_for("push button", "Download"), window)


def leave():
    """Closes the window as the window manager does, and waits until Ashore has ended."""
    do("xdotool", "key", "alt+F4")
    wait("Ashore to end", lambda: ashore() is None)


def arrive():
    """The window, once it is there and has the keyboard."""
    window = wait(
        "the window",
        lambda: subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", "^Ashore$"],
            capture_output=True, text=True, timeout=SLOW, check=False,
        ).stdout.split(),
    )[-1]
    do("xdotool", "windowactivate", "--sync", window)
    return window


def main():
    window = arrive()
    wait_for("push button", "Download")

    paste(ADDRESS)
    wait("the address in its field", lambda: content("Address") == ADDRESS)
    host = ADDRESS.split("/")[2].split(":")[0]
    wait("the host in its own field", lambda: content("Host") == host)
    wait("the path in its own field", lambda: NAME in (content("Path") or ""))
    type_into("Save to", SAVE_TO, window)
    picture("window-before.png")
    click(wait_for("push button", "Download"), window)

    values = []

    def watched():
        """Whether the file has come; how far it was each time is kept."""
        is_done = False
        for role, name, node in seen():
            try:
                if role == "progress bar" and NAME in name:
                    value = Atspi.Value.get_current_value(node)
                    # Of a bar that goes at this moment, the library gives what lay in its memory.
                    is_of_bar = value == round(value)
                    if is_of_bar and (not values or values[-1] != value):
                        values.append(value)
                        if len(values) == 4:
                            picture("window-receiving.png")
                is_done |= role == "push button" and name == f"Open {NAME}"
            except GLib.Error:
                pass
        return is_done

    wait(f"{NAME} to be complete", watched, patience=40)
    print("the bar stood at", values)
    moving = [value for value in values if 0 < value < 100]
    if len(moving) < 3 or moving != sorted(moving):
        raise SystemExit("the bar did not move as a bar should")
    wait_for("push button", f"Show in folder {NAME}")

    unfold = find("push button", "Show the log")
    if unfold:
        click(unfold, window)
    wait("the log", lambda: any("Complete: " in name for _, name, _ in seen()))
    click(wait_for("radio button", "Protocol"), window)
    wait("the conversation", lambda: any("← " in name for _, name, _ in seen()))
    click(wait_for("push button", "Copy the log"), window)
    for line in (f"→ RETR {NAME}", "← 226", f"saved as {SAVE_TO}"):
        wait(f"{line!r} in what was copied", lambda: line in clipboard())
    picture("window-done.png")

    do("xdotool", "key", "alt+F4")  # as the window manager closes windows
    print("the story ended well")


if __name__ == "__main__":
    main()

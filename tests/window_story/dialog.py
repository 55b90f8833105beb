"""A person who answers the system's own dialog: where is the file to be saved?"""

import subprocess

from person import (
    ADDRESS, SAVE_TO, SLOW, Atspi, GLib, arrive, click, content, do, paste, picture, wait, wait_for,
    walk,
)

# Whoever shows the dialog: the portal, or the program that is asked where there is none.
SHOWERS = "xdg-desktop-portal-gtk|zenity"


def dialogs():
    words = ["xdotool", "search", "--onlyvisible", "--class", SHOWERS]
    found = subprocess.run(words, capture_output=True, text=True, timeout=SLOW, check=False)
    return found.stdout.split()


def texts():
    """What stands in the fields of whatever is open beside Ashore."""
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    found = []
    for app in (desktop.get_child_at_index(n) for n in range(desktop.get_child_count())):
        for node in walk(app) if app and app.get_name() != "ashore" else ():
            try:
                if node.get_role_name() == "text":
                    found.append(Atspi.Text.get_text(node, 0, -1))
            except GLib.Error:
                pass
    return found


def open_dialog(window):
    click(wait_for("push button", "Choose…"), window)
    dialog = wait("the dialog", dialogs)[-1]
    do("xdotool", "windowactivate", "--sync", dialog)
    return dialog


def main():
    window = arrive()
    paste(ADDRESS)
    wait("the address in its field", lambda: content("Address") == ADDRESS)
    before = content("Save to")
    open_dialog(window)
    do("xdotool", "key", "Escape")
    wait("the dialog to go", lambda: not dialogs())
    if content("Save to") != before:
        raise SystemExit("who chooses nothing changes nothing")

    open_dialog(window)
    picture("window-dialog.png")
    do("xdotool", "key", "ctrl+a")
    do("xdotool", "type", "--delay", "4", SAVE_TO)
    wait("the dialog to hold it", lambda: SAVE_TO in texts())
    do("xdotool", "key", "Return")
    wait("the dialog to go", lambda: not dialogs())
    wait("the answer in its field", lambda: content("Save to") == SAVE_TO)
    do("xdotool", "windowactivate", "--sync", window)
    click(wait_for("push button", "Download"), window)
    wait_for("push button", f"Open {SAVE_TO.rsplit('/', 1)[-1]}")
    do("xdotool", "key", "alt+F4")
    print("the story ended well")


main()

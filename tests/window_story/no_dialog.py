"""A person on a computer that has no file dialog: that is said, and a path can be typed."""

from person import (
    ADDRESS, NAME, SAVE_TO, arrive, click, do, paste, content, picture, seen, type_into, wait,
    wait_for,
)

MISSING = "there is neither a desktop portal nor zenity"
INSTEAD = "Type the path instead; it works the same."


def main():
    window = arrive()
    paste(ADDRESS)
    wait("the address in its field", lambda: content("Address") == ADDRESS)
    click(wait_for("push button", "Choose…"), window)
    wait("a word about it", lambda: any(MISSING in name and INSTEAD in name for _, name, _ in seen()))
    picture("window-no-dialog.png")
    type_into("Save to", SAVE_TO, window)
    click(wait_for("push button", "Download"), window)
    wait_for("push button", f"Open {NAME}")
    do("xdotool", "key", "alt+F4")
    print("the story ended well")


main()

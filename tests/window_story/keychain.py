"""A person who is asked for a password once, and not again: not for the next file, and where there is a
keychain, not on the next day."""

import os
import subprocess

from person import (
    ADDRESS, NAME, SAVE_TO, SLOW, Atspi, arrive, click, do, find, has_keyboard, leave, order,
    picture, seen, wait, wait_for,
)

HAS_KEYCHAIN = "STORY_KEYCHAIN" in os.environ
BOX = "Keep the password in this computer’s keychain"
MISSING = "The password is kept until Ashore ends, and nowhere else: no keychain answers here (Secret Service:"
SECOND = "second.bin"


def main():
    window = arrive()
    order(ADDRESS, SAVE_TO, window)
    click(wait_for("push button", f"Sign in… {NAME}"), window)
    password = wait_for("password text", "Password")
    click(password, window)
    wait("the keyboard to be there", lambda: has_keyboard(find("password text", "Password")))
    do("xdotool", "type", "--delay", "4", "swordfish")
    if HAS_KEYCHAIN:
        click(wait_for("check box", BOX), window)
        is_checked = lambda: find("check box", BOX).get_state_set().contains(Atspi.StateType.CHECKED)
        wait("the box to be ticked", is_checked)
    else:
        wait("a word about what is missing", lambda: any(MISSING in name for _, name, _ in seen()))
        if find("check box", BOX):
            raise SystemExit("what cannot be done is offered")
    picture(f"window-password-{'kept' if HAS_KEYCHAIN else 'not-kept'}.png")
    click(wait_for("push button", f"Sign in for {NAME}"), window)
    wait_for("push button", f"Open {NAME}")

    again = None
    if HAS_KEYCHAIN:
        leave()
        again = subprocess.Popen([os.environ["STORY_ASHORE"]])
        window = arrive()
    order(ADDRESS.replace(NAME, SECOND), SAVE_TO.replace(NAME, SECOND), window)
    wait(f"{SECOND} or a question", lambda: find("push button", f"Open {SECOND}")
         or find("push button", f"Sign in… {SECOND}"))
    if not find("push button", f"Open {SECOND}"):
        raise SystemExit("it was asked again")
    do("xdotool", "key", "alt+F4")
    if again and again.wait(SLOW) != 0:
        raise SystemExit(f"Ashore ended with code {again.returncode}")
    print("the story ended well")


main()

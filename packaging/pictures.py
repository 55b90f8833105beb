"""The person who stands before the window while its pictures are taken: see make-picture.sh."""

import time

from person import (
    ADDRESS, SLOW, click, do, find, picture, row, seen, subprocess, wait, wait_for,
)


def order(name):
    do("xdotool", "key", "ctrl+l")
    do("xdotool", "key", "ctrl+a")
    do("xdotool", "type", "--delay", "4", ADDRESS + name)
    do("xdotool", "key", "Return")


def take(name):
    """With the pointer out of the way, and nothing lit up any more."""
    do("xdotool", "mousemove", "500", "690")
    time.sleep(1)
    picture(name)


def main():
    words = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Ashore$"]
    found = subprocess.run(words, capture_output=True, text=True, timeout=SLOW, check=True)
    window = found.stdout.split()[0]
    do("xdotool", "windowfocus", window)
    wait_for("push button", "Download")
    order("README.txt")
    wait_for("push button", "Open README.txt")
    order("chromosomes/")
    wait_for("push button", "Open chromosomes")
    order("Homo_sapiens.GRCh38.dna.chromosome.21.fa.gz")
    order("Homo_sapiens.GRCh38.dna.toplevel.fa.gz")
    wait_for("push button", "Open Homo_sapiens.GRCh38.dna.chromosome.21.fa.gz")
    # Some seconds are to be seen in the graph.
    wait("a good part", lambda: "limited by" in " ".join(name for _, name, _ in seen()))
    time.sleep(9)
    take("window.png")

    click(wait_for("push button", "Browse server…"), window)
    wait("the folder", lambda: any(name.startswith("README.txt, file") for _, name, _ in seen()))
    do("xdotool", "key", "Down", "Down", "Down", "Down")
    do("xdotool", "key", "shift+Down")
    click(wait_for("radio button", "Dark theme"), window)
    take("window-browser.png")
    do("xdotool", "key", "alt+F4")


main()

"""A person who is asked about a certificate, looks at it, and trusts it."""

from person import (
    ADDRESS, NAME, SAVE_TO, arrive, click, do, find, order, picture, seen, type_into, wait,
    wait_for,
)


def main():
    window = arrive()
    order(ADDRESS, SAVE_TO, window)
    trust = wait_for("push button", f"Trust this server {NAME}")
    for words in ("Is this really", "SHA-256 fingerprint"):
        if not any(words in name for _, name, _ in seen()):
            raise SystemExit(f"the card does not say {words!r}")
    picture("window-certificate.png")
    click(trust, window)
    wait_for("push button", f"Open {NAME}")

    # Who is trusted is not asked about again.
    second = SAVE_TO.replace(NAME, "again.bin")
    type_into("Save to", second, window)
    click(wait_for("push button", "Download"), window)
    wait_for("push button", "Open again.bin")
    if find("push button", "Trust this server again.bin"):
        raise SystemExit("it was asked twice")
    do("xdotool", "key", "alt+F4")
    print("the story ended well")


main()

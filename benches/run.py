#!/usr/bin/env python3
"""Measures Ashore beside every rival that is installed, on the same work in turns.

    benches/run.py                     everything
    benches/run.py file tls            one file of 1 GiB, plain and secured, on the loopback
    benches/run.py tree far-tree       thousands of small files, near and far
    benches/run.py capped lossy        one file over a line that limits, or loses
    benches/run.py silent              one file; each connection dies half-way without a word
    benches/run.py small small-tls     one small file, from start to exit, in round trips
    benches/run.py list                a folder of 100,000 files
    benches/run.py window              time to the window, memory, and CPU while it rests

Options: --reps N (5), --only TOOL,TOOL, --ashore FILE (built if not given). As root on Debian, for
the server and the network namespaces, and with GNU time.

The tools take turns, so that what else the machine does hits all of them alike; the ratio is the
median of the ratios within each turn. Everything that arrives is compared with what is served. A
Markdown table is printed and kept under benches/runs/.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from lab import window, works
from lab.report import output_of

ROOT = Path(__file__).resolve().parent.parent


def rivals():
    versions = [output_of("dpkg-query", "-W", "-f", "${Package} ${Version}", package)
                for package in ("curl", "lftp", "wget", "aria2", "ncftp", "axel", "tnftp",
                                "filezilla", "vsftpd")]
    return ", ".join(filter(None, versions))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", help="everything, if not said")
    parser.add_argument("--reps", type=int, default=5)
    parser.add_argument("--only", default="", help="ashore,curl: no other tools than these")
    parser.add_argument("--ashore", help="this binary, and no other is built")
    wishes = parser.parse_args()
    known = [*works.WORKS, "window"]
    what = wishes.what or known
    if strangers := set(what) - set(known):
        parser.error(f"{', '.join(strangers)}: known are {', '.join(known)}")
    ashore = wishes.ashore or str(ROOT / "target" / "release" / "ashore")
    if not wishes.ashore:
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)

    commit = output_of("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    size = Path(ashore).stat().st_size / 1e6
    parts = [
        f"# Ashore {commit}, {time.strftime('%Y-%m-%d %H:%M')}",
        f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} before. Binary {size:.1f} MB. Beside it: {rivals()}.",
    ]
    only = set(filter(None, wishes.only.split(",")))
    for name in what:
        print(f"{name} …", file=sys.stderr)
        parts.append(window.measure(wishes.reps, ashore) if name == "window"
                     else works.measure(name, wishes.reps, ashore, only))
    text = "\n\n".join(part.rstrip() for part in parts) + "\n"
    print(text)
    runs = ROOT / "benches" / "runs"
    runs.mkdir(exist_ok=True)
    kept = runs / f"{time.strftime('%Y-%m-%d-%H%M')}-{'-'.join(wishes.what) or 'all'}.md"
    kept.write_text(text)
    print(f"kept as {kept.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()

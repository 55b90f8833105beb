"""Ashore and its rivals: how each is asked for the same work.

`{url}` is the address of a file or a folder without a slash at its end, `{out}` what arrives,
`{folder}` and `{name}` its parts, `{base}` and `{path}` the address in two parts, `{ca}` the
certificates to believe.
"""

import shutil

FAST_LFTP = (
    "set ftp:use-feat no; set ftp:use-mdtm no; set ftp:sync-mode off; set ftp:use-site-utime no; "
    "set ftp:use-utf8 no; set net:connection-limit 0; "
)
PLAIN_LFTP = FAST_LFTP + "set ftp:ssl-allow no; open {base}; "
PATIENT_LFTP = (
    "set net:max-retries 100; set net:persist-retries 50; set net:reconnect-interval-base 1; "
    "set net:reconnect-interval-multiplier 1; set net:reconnect-interval-max 1; "
    "set net:timeout 5; " + PLAIN_LFTP
)
TLS_LFTP = (
    FAST_LFTP + "set ftp:ssl-force yes; set ftp:ssl-allow-anonymous yes; "
    "set ftp:ssl-protect-data yes; set ssl:ca-file {ca}; open {base}; "
)


def lftp(script):
    return ["lftp", "--norc", "-c", script]


# kind of work → name of the tool → its command. A name's first word is the program.
TOOLS = {
    "file": {
        "ashore": ["{ashore}", "get", "-q", "{url}", "-o", "{out}"],
        "ashore --no-hash": ["{ashore}", "get", "-q", "--no-hash", "{url}", "-o", "{out}"],
        "curl": ["curl", "-q", "-sS", "--ftp-method", "nocwd", "-o", "{out}", "{url}"],
        "lftp": lftp(PLAIN_LFTP + "get {path} -o {out}"),
        "wget": ["wget", "--no-config", "-q", "-O", "{out}", "{url}"],
        "aria2c": ["aria2c", "--no-conf", "-q", "-d", "{folder}", "-o", "{name}", "{url}"],
        "ncftpget": ["ncftpget", "-V", "-P", "21010", "{host}", "{folder}", "{path}"],
        "axel": ["axel", "-q", "-n", "1", "-o", "{out}", "{url}"],
        "tnftp": ["tnftp", "-V", "-o", "{out}", "{url}"],
    },
    "segments": {
        "ashore": ["{ashore}", "get", "-q", "{url}", "-o", "{out}"],
        "ashore --segments 8": ["{ashore}", "get", "-q", "--segments", "8", "{url}", "-o", "{out}"],
        "curl": ["curl", "-q", "-sS", "--ftp-method", "nocwd", "-o", "{out}", "{url}"],
        "lftp pget 8": lftp(PLAIN_LFTP + "pget -n 8 {path} -o {out}"),
        "aria2c x8": ["aria2c", "--no-conf", "-q", "--file-allocation=none", "-x", "8", "-s", "8",
                      "-k", "1M", "-d", "{folder}", "-o", "{name}", "{url}"],
        "axel n8": ["axel", "-q", "-n", "8", "-o", "{out}", "{url}"],
    },
    "broken": {
        "ashore": ["{ashore}", "get", "-q", "{url}", "-o", "{out}"],
        "curl tuned": ["sh", "-c", "until curl -q -sS --ftp-method nocwd --connect-timeout 5 -y 5 "
                        "-Y 1000 -C - -o {out} {url}; do :; done"],
        "lftp tuned": lftp(PATIENT_LFTP + "get -c {path} -o {out}"),
        "aria2c tuned": ["aria2c", "--no-conf", "-q", "--file-allocation=none", "-x", "8", "-s", "8",
                          "-k", "1M", "-m", "50", "--retry-wait=0", "-t", "5",
                          "--connect-timeout=5", "-d", "{folder}", "-o", "{name}", "{url}"],
    },
    "tls": {
        "ashore": ["{ashore}", "get", "-q", "--tls", "explicit", "--ca-file", "{ca}", "{url}",
                   "-o", "{out}"],
        "ashore --no-hash": ["{ashore}", "get", "-q", "--no-hash", "--tls", "explicit",
                             "--ca-file", "{ca}", "{url}", "-o", "{out}"],
        "curl": ["curl", "-q", "-sS", "--ftp-method", "nocwd", "--ssl-reqd", "--cacert", "{ca}",
                 "-o", "{out}", "{url}"],
        "lftp": lftp(TLS_LFTP + "get {path} -o {out}"),
    },
    "tree": {
        "ashore": ["{ashore}", "get", "-q", "-r", "{url}/", "-d", "{out}"],
        "ashore --connections 32": ["{ashore}", "get", "-q", "-r", "--connections", "32", "{url}/",
                                    "-d", "{out}"],
        "lftp mirror 8": lftp(PLAIN_LFTP + "mirror --parallel=8 --no-perms --no-umask {path} {out}"),
        "lftp mirror 32": lftp(
            PLAIN_LFTP + "mirror --parallel=32 --no-perms --no-umask {path} {out}"),
        "wget": ["wget", "--no-config", "-q", "-r", "-l", "inf", "-np", "-nH",
                 "--no-remove-listing", "-P", "{out}", "{url}/"],
        "ncftpget": ["ncftpget", "-V", "-R", "-P", "21010", "{host}", "{out}", "{path}"],
    },
    "list": {
        "ashore": ["{ashore}", "ls", "{url}/"],
        "curl (not parsed)": ["curl", "-q", "-sS", "{url}/"],
        "lftp": lftp(PLAIN_LFTP + "cls -l {path}/"),
        "ncftpls": ["ncftpls", "-l", "-P", "21010", "{url}/"],
    },
}


def installed(kind, ashore, only):
    """The tools for this kind of work that are here, and of those the ones in `only`, if given."""
    for name, command in TOOLS[kind].items():
        program = command[0].format(ashore=ashore) if "{" in command[0] else command[0]
        if shutil.which(program) and (not only or name.split()[0] in only):
            yield name, command

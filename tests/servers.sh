#!/usr/bin/env bash
# Real FTP servers on the loopback, for the tests: vsftpd, ProFTPD, Pure-FTPd and pyftpdlib.
#
#   tests/servers.sh start BASE    unpack and start them; everything they need goes into BASE
#   tests/servers.sh stop BASE     stop those, and no others
#   tests/servers.sh status BASE   say which are up
#
# Debian and root only: servers change their user. They bind 127.0.0.1 and [::1] and nothing else,
# and nothing is installed as a service; the three server packages conflict with one another, so
# they are unpacked and not installed. Three system users are made if they are not there yet. BASE
# must be reachable for other users, so it cannot be under /root. One BASE at a time per machine.
#
# BIG_MB (64): the size of big.bin. MANY (20): the number of small files. ONLY: some of the four.
# HOST4 (127.0.0.1): where vsftpd listens on IPv4 instead; then with ONLY=vsftpd.
# UNPACKED (BASE/bin): where the unpacked packages are kept, for the next time.
#
# Guests are welcome; or sign in as ashoretest with s3cret. Ports, all on 127.0.0.1:
#   210x0  plain and explicit TLS, on [::1] too     x: 1 vsftpd, 2 ProFTPD, 3 Pure-FTPd, 4 pyftpdlib
#   210x1  TLS without session reuse (not 3, 4)     210x2  implicit TLS (not 3)
#   210x3  two guests at once, no more              210x4  PASV names 10.99.99.99, no EPSV (3: EPSV)
#   210x5  TLS required, 2 with a self-signed certificate (not 1, 3)
#   210x6  TLS 1.2 and no other, with session reuse (not 3, 4)
set -euo pipefail
if [ $# -ne 2 ]; then sed -n '2,/^set /{/^set /d;p}' "$0"; exit 2; fi
verb=$1
mkdir -p "$2"
BASE=$(cd "$2" && pwd)
UNPACKED=${UNPACKED:-$BASE/bin}
TREE=$BASE/tree TLS=$BASE/tls CONF=$BASE/conf LOG=$BASE/log RUN=$BASE/run
BIG_MB=${BIG_MB:-64} MANY=${MANY:-20} HOST4=${HOST4:-127.0.0.1}
ONLY=${ONLY:-vsftpd proftpd pureftpd pyftpdlib}
USER_NAME=ashoretest PASSWORD=s3cret GUEST=ashoreanon
ELSEWHERE=10.99.99.99

# --- what they need -------------------------------------------------------------------------------

fetch() {
  local needs=(libwrap0 libhiredis0.14 libmemcached11 libmemcachedutil2 libpcre2-posix3 libsodium23
    libpam0g openssl python3 python3-pyftpdlib python3-openssl)
  if ! dpkg -s "${needs[@]}" >/dev/null 2>&1; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needs[@]}" \
      >/dev/null 2>&1 || { apt-get update -qq
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${needs[@]}" \
        >/dev/null; }
  fi
  local server is_there=1
  for server in vsftpd proftpd pure-ftpd; do
    [ -x "$UNPACKED/usr/sbin/$server" ] || is_there=0
  done
  if [ "$is_there" = 0 ]; then
    mkdir -p "$BASE/debs" "$UNPACKED"
    download 2>/dev/null || { apt-get update -qq; download; }
    for deb in "$BASE"/debs/*.deb; do dpkg -x "$deb" "$UNPACKED"; done
  fi
}

download() {
  (cd "$BASE/debs" && apt-get -qq -o APT::Sandbox::User=root download \
    vsftpd proftpd-core proftpd-mod-crypto pure-ftpd)
}

# The files that all of them serve. big.bin is the same on every machine: AES over zeros.
make_tree() {
  local made=$BASE/.tree-$BIG_MB-$MANY name
  [ -f "$made" ] && return
  rm -rf "$TREE"
  mkdir -p "$TREE/many" "$TREE/odd" "$TREE/private" "$TREE/deep/a/b/c"
  { openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null || true; } |
    head -c $((BIG_MB * 1048576)) >"$TREE/big.bin" || true
  [ "$(stat -c %s "$TREE/big.bin")" = $((BIG_MB * 1048576)) ]
  head -c 1000000 "$TREE/big.bin" >"$TREE/mid.bin"
  : >"$TREE/empty.bin"
  head -c $((MANY * 1024)) "$TREE/big.bin" | (cd "$TREE/many" && split -b 1024 -d -a 5 - f)
  printf 'one\ntwo\nthree\n' >"$TREE/lines.txt"
  echo deep >"$TREE/deep/a/b/c/d.txt"
  echo secret >"$TREE/private/no.txt"
  echo secret >"$TREE/unreadable.txt"
  (
    cd "$TREE/odd"
    for name in 'with space.txt' ' leading.txt' 'trailing ' 'utf8-žluťoučký-日本語-😀.txt' \
      $'latin1-caf\xe9-\xfc.txt' 'quote".txt' "apos'.txt" 'percent%41.txt' 'hash#x.txt' \
      'semi;type=a.txt' 'q?x.txt' 'back\slash.txt' '-dash.txt' '[brackets]{x}.txt' 'star*.txt' \
      'plus+and&.txt' $'new\nline.txt' $'tab\there.txt' $'cr\rhere.txt' $'iac-\xff-x.txt' \
      '~tilde' '.hidden' 'a:b.txt' 'CON'; do
      printf '%s' "$name" >"./$name"
    done
    mkdir 'dir with "quote"' 'dir%20'
    echo x >'dir with "quote"/x.txt'
    ln -s ../mid.bin link.bin
    ln -s /nonexistent broken.lnk
  )
  chmod -R a+rX "$TREE"
  chmod 700 "$TREE/private"
  chmod 000 "$TREE/private/no.txt" "$TREE/unreadable.txt"
  touch -d '2024-02-29 12:34:56 UTC' "$TREE/mid.bin" "$TREE/lines.txt"
  chmod a-w "$TREE"
  : >"$made"
}

# A small authority, its certificate for this machine, and one that nobody vouches for.
make_certificates() {
  [ -f "$TLS/leaf-full.pem" ] && return
  mkdir -p "$TLS"
  (
    cd "$TLS"
    local new=(openssl req -newkey rsa:2048 -nodes)
    "${new[@]}" -x509 -keyout ca.key -out ca.pem -days 3650 -subj '/CN=Ashore test CA'
    "${new[@]}" -keyout leaf.key -out leaf.csr -subj '/CN=localhost'
    printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1,IP:$HOST4" 'basicConstraints=CA:FALSE' \
      'extendedKeyUsage=serverAuth' >extensions
    openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 \
      -extfile extensions -out leaf.crt
    cat leaf.crt ca.pem >leaf-chain.pem
    cat leaf.key leaf.crt ca.pem >leaf-full.pem
    "${new[@]}" -x509 -keyout self.key -out self.pem -days 3650 -subj '/CN=ftp.example'
    chmod 600 ./*.key leaf-full.pem
  ) >"$LOG/openssl.out" 2>&1
}

# Their home is the served folder, because that is where Pure-FTPd takes its guests.
make_users() {
  local user
  for user in "$GUEST" ftp; do
    id "$user" >/dev/null 2>&1 || useradd -r -M -d "$TREE" -s /usr/sbin/nologin "$user"
  done
  id "$USER_NAME" >/dev/null 2>&1 || useradd -M -d "$TREE" -s /bin/sh "$USER_NAME"
  echo "$USER_NAME:$PASSWORD" | chpasswd
  [ -f "$BASE/.home-of-ftp" ] || getent passwd ftp | cut -d: -f6 >"$BASE/.home-of-ftp"
  for user in "$GUEST" "$USER_NAME" ftp; do
    [ "$(getent passwd "$user" | cut -d: -f6)" = "$TREE" ] || usermod -d "$TREE" "$user"
  done
}

# --- processes ------------------------------------------------------------------------------------

is_running() { # PID: a zombie is not running
  case "$(cut -d')' -f2- "/proc/$1/stat" 2>/dev/null)" in '' | " Z"*) return 1 ;; esac
}

is_up() { [ -f "$RUN/$1.pid" ] && is_running "$(cat "$RUN/$1.pid")"; }

run() { # NAME COMMAND...: in a process group of its own, which stop can end as a whole
  local name=$1
  shift
  is_up "$name" && return
  # 9: the lock of tests/run, which a server must not hold.
  setsid "$@" >>"$LOG/$name.out" 2>&1 </dev/null 9>&- &
  echo $! >"$RUN/$name.pid"
}

# --- vsftpd ---------------------------------------------------------------------------------------

vsftpd() { # NAME PORT 4|6 LINE...
  local name=$1 port=$2 family=$3
  shift 3
  {
    if [ "$family" = 4 ]; then printf '%s\n' listen=YES listen_ipv6=NO "listen_address=$HOST4"
    else printf '%s\n' listen=NO listen_ipv6=YES listen_address6=::1; fi
    cat <<CONF
listen_port=$port
background=NO
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
tcp_wrappers=NO
anonymous_enable=YES
local_enable=YES
write_enable=NO
ftp_username=$GUEST
nopriv_user=nobody
anon_root=$TREE
local_root=$TREE
chroot_local_user=YES
secure_chroot_dir=$BASE/empty
pasv_min_port=22000
pasv_max_port=22999
connect_from_port_20=NO
pam_service_name=ashore-none
log_ftp_protocol=YES
vsftpd_log_file=$LOG/$name.log
ssl_enable=YES
allow_anon_ssl=YES
force_local_logins_ssl=NO
force_local_data_ssl=NO
rsa_cert_file=$TLS/leaf-chain.pem
rsa_private_key_file=$TLS/leaf.key
ssl_ciphers=HIGH
CONF
    [ $# -eq 0 ] || printf '%s\n' "$@"
  } >"$CONF/$name.conf"
  run "$name" "$UNPACKED/usr/sbin/vsftpd" "$CONF/$name.conf"
}

start_vsftpd() {
  mkdir -p "$BASE/empty"
  vsftpd vsftpd 21010 4
  vsftpd vsftpd-6 21010 6
  vsftpd vsftpd-no-reuse 21011 4 require_ssl_reuse=NO
  vsftpd vsftpd-implicit 21012 4 implicit_ssl=YES
  vsftpd vsftpd-full 21013 4 max_clients=2 idle_session_timeout=3 data_connection_timeout=3
  vsftpd vsftpd-astray 21014 4 "pasv_address=$ELSEWHERE" cmds_denied=EPSV
  # It has no setting for this, but its library has.
  printf '%s\n' 'openssl_conf = all' '[all]' 'ssl_conf = ssl' '[ssl]' 'system_default = old' '[old]' \
    'MaxProtocol = TLSv1.2' >"$CONF/old-tls.cnf"
  OPENSSL_CONF=$CONF/old-tls.cnf vsftpd vsftpd-old-tls 21016 4 require_ssl_reuse=YES
}

# --- ProFTPD --------------------------------------------------------------------------------------

virtual_host() { # ADDRESS PORT LINE...
  echo "<VirtualHost $1>"
  echo "  Port $2"
  shift 2
  [ $# -eq 0 ] || printf '  %s\n' "$@"
  cat <<CONF
  TLSEngine on
  DefaultRoot ~
  RequireValidShell off
  AllowOverwrite off
  <Anonymous $TREE>
    User $GUEST
    Group nogroup
    UserAlias anonymous $GUEST
    UserAlias ftp $GUEST
    RequireValidShell off
    <Limit WRITE>
      DenyAll
    </Limit>
  </Anonymous>
</VirtualHost>
CONF
}

start_proftpd() {
  local vouched=("TLSRSACertificateFile $TLS/leaf-chain.pem"
    "TLSRSACertificateKeyFile $TLS/leaf.key")
  local unvouched=("TLSRSACertificateFile $TLS/self.pem" "TLSRSACertificateKeyFile $TLS/self.key")
  printf '%s:%s:%s:%s::%s:/bin/sh\n' "$USER_NAME" "$(openssl passwd -5 "$PASSWORD")" \
    "$(id -u "$USER_NAME")" "$(id -g "$USER_NAME")" "$TREE" >"$CONF/proftpd.passwd"
  chmod 600 "$CONF/proftpd.passwd"
  {
    cat <<CONF
ModulePath $UNPACKED/usr/lib/proftpd
LoadModule mod_tls.c
LoadModule mod_digest.c
ServerType standalone
Port 0
SocketBindTight on
DefaultAddress 127.0.0.1
UseIPv6 on
DefaultServer off
User nobody
Group nogroup
PidFile $RUN/proftpd.own
ScoreboardFile $RUN/proftpd.score
ControlsSocket $RUN/proftpd.sock
DelayEngine off
UseReverseDNS off
SystemLog $LOG/proftpd.log
ExtendedLog $LOG/proftpd.commands ALL
<Global>
  WtmpLog off
  TransferLog none
  AuthOrder mod_auth_file.c mod_auth_unix.c
  AuthUserFile $CONF/proftpd.passwd
  PassivePorts 23000 23999
  TLSLog $LOG/proftpd.tls
</Global>
CONF
    virtual_host 127.0.0.1 21020 "${vouched[@]}"
    virtual_host ::1 21020 "${vouched[@]}"
    virtual_host 127.0.0.1 21021 "${vouched[@]}" 'TLSOptions NoSessionReuseRequired' \
      'TLSProtocol TLSv1.2'
    virtual_host 127.0.0.1 21022 "${vouched[@]}" 'TLSOptions UseImplicitSSL'
    virtual_host 127.0.0.1 21023 "${vouched[@]}" 'MaxClients 2' 'TimeoutIdle 3' 'TimeoutStalled 3'
    virtual_host 127.0.0.1 21024 "${vouched[@]}" "MasqueradeAddress $ELSEWHERE" '<Limit EPSV>' \
      '  DenyAll' '</Limit>'
    virtual_host 127.0.0.1 21025 "${unvouched[@]}" 'TLSRequired on'
    virtual_host 127.0.0.1 21026 "${vouched[@]}" 'TLSProtocol TLSv1.2'
  } >"$CONF/proftpd.conf"
  run proftpd "$UNPACKED/usr/sbin/proftpd" -n -q -c "$CONF/proftpd.conf"
}

# --- Pure-FTPd ------------------------------------------------------------------------------------

pure_ftpd() { # NAME ADDRESS,PORT PASSIVE:PORTS OPTION...
  local name=$1 listen=$2 passive=$3
  shift 3
  run "$name" "$UNPACKED/usr/sbin/pure-ftpd" -S "$listen" -p "$passive" -g "$RUN/$name.own" \
    -A -H -Y 1 -2 "$TLS/leaf-full.pem" -l "puredb:$CONF/pure.pdb" -u 100 -i -f none "$@"
}

start_pureftpd() {
  printf '%s:%s:%s:%s::%s/./::::::::::::\n' "$USER_NAME" "$(openssl passwd -6 "$PASSWORD")" \
    "$(id -u "$USER_NAME")" "$(id -g "$USER_NAME")" "$TREE" >"$CONF/pure.passwd"
  "$UNPACKED/usr/bin/pure-pw" mkdb "$CONF/pure.pdb" -f "$CONF/pure.passwd"
  pure_ftpd pure-ftpd 127.0.0.1,21030 25000:25499 -c 100 -C 50
  pure_ftpd pure-ftpd-6 ::1,21030 25500:25599
  pure_ftpd pure-ftpd-full 127.0.0.1,21033 25600:25699 -C 2 -I 1
  pure_ftpd pure-ftpd-astray 127.0.0.1,21034 25700:25799 -P "$ELSEWHERE"
}

# --- pyftpdlib ------------------------------------------------------------------------------------

start_pyftpdlib() {
  cat >"$CONF/harbour.py" <<'PYTHON'
import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

tree, certificate, user, password, elsewhere = sys.argv[1:]
logging.basicConfig(level=logging.WARNING)
people = DummyAuthorizer()
people.add_user(user, password, tree, perm="elr")
people.add_anonymous(tree)
loop = IOLoop.instance()
servers = []


class Plain(TLS_FTPHandler):
    certfile, authorizer, passive_ports = certificate, people, range(26000, 27000)


class Implicit(Plain):
    """TLS first, and only then the greeting."""

    greets = False

    def handle(self):
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self):
        if not self.greets:
            self.greets = True
            super().handle()


class Astray(Plain):
    masquerade_address = elsewhere
    proto_cmds = {k: v for k, v in TLS_FTPHandler.proto_cmds.items() if k != "EPSV"}


class TlsOnly(Plain):
    tls_control_required = tls_data_required = True


def serve(handler, port, host="127.0.0.1", most=0):
    server = FTPServer((host, port), handler, ioloop=loop)
    server.max_cons_per_ip = most
    servers.append(server)


serve(Plain, 21040)
serve(type("Plain6", (Plain,), {}), 21040, "::1")
serve(Implicit, 21042)
serve(type("Full", (Plain,), {}), 21043, most=2)
serve(Astray, 21044)
serve(TlsOnly, 21045)
loop.loop(blocking=True)
PYTHON
  run pyftpdlib /usr/bin/python3 "$CONF/harbour.py" "$TREE" "$TLS/leaf-full.pem" \
    "$USER_NAME" "$PASSWORD" "$ELSEWHERE"
}

# --- the verbs ------------------------------------------------------------------------------------

ports() { # SERVER
  case $1 in
  vsftpd) echo 21010 21011 21012 21013 21014 21016 ;;
  proftpd) echo 21020 21021 21022 21023 21024 21025 21026 ;;
  pureftpd) echo 21030 21033 21034 ;;
  pyftpdlib) echo 21040 21042 21043 21044 21045 ;;
  esac
}

answers() { (exec 3<>"/dev/tcp/$HOST4/$1") 2>/dev/null; }

start() {
  local server port
  if [ ! -d "$RUN" ] || ! compgen -G "$RUN/*.pid" >/dev/null; then
    for server in $ONLY; do
      for port in $(ports "$server"); do
        if answers "$port"; then
          echo "port $port is taken: are the servers of another folder running?" >&2
          return 1
        fi
      done
    done
  fi
  fetch
  mkdir -p "$CONF" "$LOG" "$RUN"
  chmod 755 "$BASE"
  make_tree
  make_certificates
  make_users
  for server in $ONLY; do "start_$server"; done
  for server in $ONLY; do
    for port in $(ports "$server"); do
      for _ in $(seq 200); do answers "$port" && continue 2; sleep 0.05; done
      echo "$server did not open port $port; see $LOG" >&2
      return 1
    done
  done
}

stop() {
  local file pid pids=() left
  for file in "$RUN"/*.pid; do
    if [ -f "$file" ]; then pids+=("$(cat "$file")"); fi
  done
  for pid in "${pids[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
  for _ in $(seq 40); do
    left=0
    for pid in "${pids[@]}"; do if is_running "$pid"; then left=1; fi; done
    [ "$left" = 0 ] && break
    sleep 0.05
  done
  for pid in "${pids[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
  rm -f "$RUN"/*.pid
  # Other programs of this machine may look for their guests' files where they were before.
  if [ -f "$BASE/.home-of-ftp" ]; then
    usermod -d "$(cat "$BASE/.home-of-ftp")" ftp 2>/dev/null || true
    rm -f "$BASE/.home-of-ftp"
  fi
}

status() {
  local file name code=0
  for file in "$RUN"/*.pid; do
    [ -f "$file" ] || continue
    name=$(basename "$file" .pid)
    if is_up "$name"; then echo "$name is up"; else echo "$name is down"; code=1; fi
  done
  return $code
}

case $verb in
start | stop | status) "$verb" ;;
*) echo "servers.sh knows start, stop and status, not $verb" >&2; exit 2 ;;
esac

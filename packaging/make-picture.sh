#!/usr/bin/env bash
# Makes the pictures in the README: the real window, with a real server behind it.
#   packaging/make-picture.sh [ASHORE]
# As root; needs what the story on the real window needs (tests/run), and vsftpd. Everything happens in
# namespaces of its own, so that the server can be called ftp.example.org, the home folder /home/ada,
# and nothing of this machine is touched or seen.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${PICTURE_STAGE:-}" ]; then
  ashore=$(realpath "${1:-$here/target/release/ashore}")
  PICTURE_STAGE=$(mktemp -d)
  trap 'rm -rf "$PICTURE_STAGE"' EXIT
  mkdir -m 700 "$PICTURE_STAGE/run"
  export PICTURE_STAGE XDG_RUNTIME_DIR=$PICTURE_STAGE/run
  unshare --mount --net --pid --fork --kill-child --mount-proc dbus-run-session -- "$0" "$ashore"
  exit
fi
ashore=$1
stage=$PICTURE_STAGE
ip link set lo up
chmod 755 "$stage"

# --- what the server has ---------------------------------------------------------------------------

sea=$stage/srv/pub/genomes/homo_sapiens
mkdir -p "$sea/chromosomes" "$sea/annotation" "$stage/empty"
head -c 412M /dev/urandom >"$sea/Homo_sapiens.GRCh38.dna.toplevel.fa.gz"
head -c 41200K /dev/urandom >"$sea/Homo_sapiens.GRCh38.dna.chromosome.21.fa.gz"
head -c 62100K /dev/urandom >"$sea/Homo_sapiens.GRCh38.dna.chromosome.X.fa.gz"
head -c 3120K /dev/urandom >"$sea/Homo_sapiens.GRCh38.cdna.all.fa.gz"
head -c 5210 /dev/urandom >"$sea/README.txt"
for n in $(seq 1 22) X Y; do truncate -s 700k "$sea/chromosomes/chr$n.fa.gz"; done
(cd "$sea" && md5sum -- *.gz README.txt >MD5SUMS)
find "$sea" -exec touch -d '2026-05-07 09:12 UTC' {} +
touch -d '2026-11-02 16:40 UTC' "$sea/README.txt" "$sea/MD5SUMS"
chmod 555 "$stage/srv"

# --- the computer of somebody called Ada --------------------------------------------------------------

echo "127.0.0.1 localhost ftp.example.org" >"$stage/hosts"
mount --bind "$stage/hosts" /etc/hosts
cp "$ashore" "$stage/ashore"
cp "$here"/packaging/pictures.py "$here"/tests/window_story/person.py "$stage"
mount -t tmpfs -o size=312g tmpfs /home
mkdir -p /home/ada/Downloads /home/ada/.config
export HOME=/home/ada XDG_CONFIG_HOME=/home/ada/.config XDG_DATA_HOME=/home/ada/.local/share
export LANG=C.UTF-8 LIBGL_ALWAYS_SOFTWARE=1 GDK_BACKEND=x11
# shellcheck disable=SC2016  # xdg-user-dirs itself puts the home folder in.
echo 'XDG_DOWNLOAD_DIR="$HOME/Downloads"' >"$XDG_CONFIG_HOME/user-dirs.dirs"
unset WAYLAND_DISPLAY DISPLAY

cat >"$stage/vsftpd.conf" <<END
listen=YES
listen_address=127.0.0.1
anonymous_enable=YES
local_enable=NO
anon_root=$stage/srv
ftp_username=daemon
no_anon_password=YES
anon_max_rate=2850000
seccomp_sandbox=NO
secure_chroot_dir=$stage/empty
background=NO
ftpd_banner=Welcome to ftp.example.org
END
vsftpd "$stage/vsftpd.conf" >"$stage/vsftpd.log" 2>&1 &
mkfifo "$stage/number"
Xvfb -displayfd 8 -screen 0 1000x700x24 -nolisten tcp 8>"$stage/number" >"$stage/xvfb.log" 2>&1 &
screen=$!
read -r -t 20 number <"$stage/number"
export DISPLAY=:$number
gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
  --method org.freedesktop.DBus.Properties.Set org.a11y.Status IsEnabled '<true>' >/dev/null

# Whoever the bus starts, such as the portal that tells the theme, is to find the screen.
dbus-update-activation-environment DISPLAY XDG_RUNTIME_DIR HOME GDK_BACKEND
# --- the pictures ------------------------------------------------------------------------------------

"$stage/ashore" >"$stage/ashore.log" 2>&1 &
export STORY_ADDRESS=ftp://ftp.example.org/pub/genomes/homo_sapiens/ STORY_SAVE_TO=/home/ada/Downloads
export STORY_ARTEFACTS=$stage/pictures
mkdir "$STORY_ARTEFACTS"
/usr/bin/python3 "$stage/pictures.py"
for picture in "$STORY_ARTEFACTS"/*.png; do
  # A window of few colours: so few that a palette holds them all but the softest edges.
  convert "$picture" -strip +dither -colors 255 -define png:compression-level=9 \
    "$here/assets/$(basename "$picture")"
done
kill "$screen"
wait "$screen" || true # It takes its lock away.

#!/usr/bin/env bash
# Makes assets/window.png, the picture in the README: the real window, with a real server behind it.
#   packaging/make-picture.sh [ASHORE]      (root; needs vsftpd, Xvfb, xdotool, imagemagick)
# Everything happens in namespaces of its own, so that the server can be called ftp.example.org, the
# home folder /home/ada, and nothing of this machine is touched or seen.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${PICTURE_STAGE:-}" ]; then
  ashore=$(realpath "${1:-$here/target/release/ashore}")
  PICTURE_STAGE=$(mktemp -d)
  export PICTURE_STAGE
  trap 'rm -rf "$PICTURE_STAGE"' EXIT
  unshare --mount --net --pid --fork --kill-child "$0" "$ashore"
  exit
fi
ashore=$1
stage=$PICTURE_STAGE
ip link set lo up
chmod 755 "$stage"

mkdir -p "$stage/srv/pub/genomes/homo_sapiens" "$stage/empty"
sea=$stage/srv/pub/genomes/homo_sapiens
truncate -s 412M "$sea/Homo_sapiens.GRCh38.dna.toplevel.fa.gz"
truncate -s 41200k "$sea/Homo_sapiens.GRCh38.dna.chromosome.21.fa.gz"
truncate -s 5210 "$sea/README.txt"
(cd "$sea" && md5sum -- *chromosome.21* *toplevel* >MD5SUMS)
chmod 555 "$stage/srv"

echo "127.0.0.1 localhost ftp.example.org" >"$stage/hosts"
mount --bind "$stage/hosts" /etc/hosts
cp "$ashore" "$stage/ashore"
mount -t tmpfs -o size=312g tmpfs /home
mkdir -p /home/ada/Downloads
export HOME=/home/ada XDG_CONFIG_HOME=/home/ada/.config XDG_DATA_HOME=/home/ada/.local/share
export XDG_RUNTIME_DIR=$stage/run LIBGL_ALWAYS_SOFTWARE=1
mkdir -m 700 "$XDG_RUNTIME_DIR"
mkdir -p "$XDG_CONFIG_HOME"
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
anon_max_rate=11400000
seccomp_sandbox=NO
secure_chroot_dir=$stage/empty
background=NO
ftpd_banner=Welcome to ftp.example.org
END
vsftpd "$stage/vsftpd.conf" >"$stage/vsftpd.log" 2>&1 &
mkfifo "$stage/number"
Xvfb -displayfd 8 -screen 0 1000x700x24 -nolisten tcp 8>"$stage/number" >"$stage/xvfb.log" 2>&1 &
read -r -t 20 number <"$stage/number"
export DISPLAY=:$number

"$stage/ashore" >"$stage/ashore.log" 2>&1 &
window=$(timeout 20 xdotool search --sync --onlyvisible --name '^Ashore$' | head -n 1)
xdotool windowfocus "$window"
sleep 1
order() {
  xdotool key ctrl+a
  xdotool type --delay 4 "ftp://ftp.example.org/pub/genomes/homo_sapiens/$1"
  xdotool key Return
  sleep "$2"
}
order README.txt 2
order Homo_sapiens.GRCh38.dna.chromosome.21.fa.gz 6
order Homo_sapiens.GRCh38.dna.toplevel.fa.gz 15
xdotool mousemove 500 690
sleep 0.5
import -window root "$stage/window.png"
# A window of few colours: so few that a palette holds them all but the softest edges.
kill %2 || true
wait %2 || true # Xvfb takes its lock away.
convert "$stage/window.png" -strip +dither -colors 255 -define png:compression-level=9 "$here/assets/window.png"

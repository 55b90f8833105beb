#!/usr/bin/env bash
# A screen, a window manager and an accessibility bus of their own; Ashore on them; and a person.
#   stage.sh ASHORE     with STORY_ADDRESS, STORY_SAVE_TO and STORY_ARTEFACTS in the environment, and
#                       STORY_PERSON: who comes, if not person.py
#                       STORY_WITHOUT: a pattern; services of that name are not on the bus
#                       STORY_KEYCHAIN: if set, a keychain is there, and open
#                       STORY_PATH: where Ashore, and nobody else, finds programs
# Everything that it starts ends with it.
set -euo pipefail
ashore=$1
here=$(cd "$(dirname "$0")" && pwd)

if [ -z "${STORY_BUS:-}" ]; then
  bus=$(mktemp -d)
  mkdir "$bus/services"
  for service in /usr/share/dbus-1/services/*.service; do
    [[ -n ${STORY_WITHOUT:-} && $service =~ $STORY_WITHOUT ]] || ln -s "$service" "$bus/services"
  done
  cat >"$bus/session.conf" <<END
<busconfig>
  <type>session</type>
  <listen>unix:dir=$bus</listen>
  <servicedir>$bus/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
END
  code=0
  STORY_BUS=$bus dbus-run-session --config-file "$bus/session.conf" -- "$0" "$ashore" || code=$?
  rm -rf "$bus"
  exit "$code"
fi

children=()
# shellcheck disable=SC2317  # Called by the trap.
leave() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait 2>/dev/null || true
  # The portal lays a file system there, which it takes away only when the bus has ended.
  if [ -e "$scratch/runtime/doc" ]; then
    umount -l "$scratch/runtime/doc" 2>/dev/null || fusermount3 -uz "$scratch/runtime/doc" 2>/dev/null || true
  fi
  rm -rf "$scratch" || true
}
scratch=$(mktemp -d)
trap leave EXIT

mkdir -m 700 "$scratch/runtime"
export XDG_RUNTIME_DIR=$scratch/runtime XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share
export LIBGL_ALWAYS_SOFTWARE=1 GDK_BACKEND=x11
unset WAYLAND_DISPLAY DISPLAY

# The X server picks a free display by itself and writes its number once it is ready.
mkfifo "$scratch/number"
Xvfb -displayfd 8 -screen 0 1280x800x24 -nolisten tcp 8>"$scratch/number" \
  >"$scratch/xvfb.log" 2>&1 &
children+=($!)
read -r -t 20 number <"$scratch/number" || { cat "$scratch/xvfb.log"; exit 1; }
export DISPLAY=:$number
openbox >"$scratch/openbox.log" 2>&1 &
children+=($!)

# Whoever the bus starts, such as the portal that shows dialogs, is to find the screen.
export XDG_CURRENT_DESKTOP=gnome STORY_ASHORE=$ashore
dbus-update-activation-environment DISPLAY XDG_CURRENT_DESKTOP XDG_RUNTIME_DIR HOME GDK_BACKEND

gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
  --method org.freedesktop.DBus.Properties.Set org.a11y.Status IsEnabled '<true>' >/dev/null

if [ -n "${STORY_KEYCHAIN:-}" ]; then
  printf harbour | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
fi

PATH=${STORY_PATH:-$PATH} "$ashore" >"$scratch/ashore.log" 2>&1 &
app=$!
children+=("$app")
code=0
timeout 90 /usr/bin/python3 "$here/${STORY_PERSON:-person.py}" || code=$?
if [ "$code" != 0 ]; then
  import -window root "$STORY_ARTEFACTS/window-failed.png" || true
  echo "--- ashore said:"
  cat "$scratch/ashore.log"
  exit "$code"
fi

# The person has closed the window: Ashore ends by itself, and well.
for _ in $(seq 100); do kill -0 "$app" 2>/dev/null || break; sleep 0.1; done
if kill -0 "$app" 2>/dev/null; then echo "Ashore did not end with its window"; exit 1; fi
wait "$app" || { echo "Ashore ended with code $?"; cat "$scratch/ashore.log"; exit 1; }

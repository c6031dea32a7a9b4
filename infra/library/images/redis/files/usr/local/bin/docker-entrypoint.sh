#!/bin/sh
# `docker run redis --appendonly yes` and `docker run redis redis-cli ...` both work; the server never runs as root.
set -e
case ${1-} in
  -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ]; then
  # Other containers must reach it; it is their network that protects it. An option of the user's own comes later and wins.
  shift
  if [ "${1-}" = "${1%.conf}" ]; then
    set -- redis-server --protected-mode no "$@"
  elif grep -q '^[[:space:]]*protected-mode' "$1" 2>/dev/null; then
    set -- redis-server "$@"
  else
    set -- redis-server "$@" --protected-mode no
  fi
  if [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec setpriv --reuid=redis --regid=redis --clear-groups -- "$@"
  fi
fi
exec "$@"

#!/bin/sh
# Before nginx itself starts: fills /etc/nginx/templates/*.template from the environment, runs /docker-entrypoint.d/*.sh.
set -e
if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
  variables=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/${\1}/p' | tr '\n' ' ')
  find /etc/nginx/templates -name '*.template' | while read -r template; do
    target=/etc/nginx/conf.d/$(basename "$template" .template)
    envsubst "$variables" <"$template" >"$target"
  done
  for script in /docker-entrypoint.d/*.sh; do
    [ -x "$script" ] && "$script"
  done
  # No IPv6 in this container: the listening line for it would stop nginx.
  [ -e /proc/net/if_inet6 ] || sed -i '/listen \[::\]/d' /etc/nginx/conf.d/default.conf 2>/dev/null || :
fi
exec "$@"

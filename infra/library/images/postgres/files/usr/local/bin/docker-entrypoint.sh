#!/bin/bash
# The server with the variables that people know: POSTGRES_PASSWORD, POSTGRES_USER, POSTGRES_DB, POSTGRES_HOST_AUTH_METHOD, PGDATA; what lies in
# /docker-entrypoint-initdb.d (*.sql, *.sh) is run once, when the database is made.
set -euo pipefail
case ${1-} in
  -*) set -- postgres "$@" ;;
esac
[ "${1-}" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /run/postgresql
  chown -R postgres "$PGDATA" /run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" "$@"
fi

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    echo 'Error: the database has no password. Give one: docker run -e POSTGRES_PASSWORD=secret postgres' >&2
    echo '(or -e POSTGRES_HOST_AUTH_METHOD=trust, and anybody who reaches it may do everything).' >&2
    exit 1
  fi
  initdb --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-none}") --auth-host="$method" --auth-local=trust
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
  # Nobody reaches it before it is whole.
  pg_ctl --wait start -o "-c listen_addresses=''" >/dev/null
  [ "$database" = postgres ] || createdb --username="$user" "$database"
  for file in /docker-entrypoint-initdb.d/*; do
    # shellcheck source=/dev/null
    case $file in
      *.sh) echo "running $file"; . "$file" ;;
      *.sql) echo "running $file"; psql -v ON_ERROR_STOP=1 --username="$user" --dbname="$database" --no-psqlrc -f "$file" ;;
    esac
  done
  pg_ctl --wait --mode=fast stop >/dev/null
  echo 'The database is made; the server starts.'
fi
shift
exec postgres -c listen_addresses='*' "$@"

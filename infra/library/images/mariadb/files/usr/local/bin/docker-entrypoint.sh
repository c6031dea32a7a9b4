#!/bin/bash
# The server with the variables that people know, with MARIADB_ or MYSQL_ in front: ROOT_PASSWORD, ALLOW_EMPTY_ROOT_PASSWORD (or _PASSWORD),
# DATABASE, USER, PASSWORD; what lies in /docker-entrypoint-initdb.d (*.sql, *.sh) is run once, when the database is made.
set -euo pipefail
case ${1-} in
  -*) set -- mariadbd "$@" ;;
  mysqld) shift; set -- mariadbd "$@" ;;
esac
[ "${1-}" = mariadbd ] || exec "$@"

data=/var/lib/mysql
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$data" /run/mysqld
  chown -R mysql:mysql "$data" /run/mysqld
  exec setpriv --reuid=mysql --regid=mysql --clear-groups -- "$0" "$@"
fi

given() { # NAME: what MARIADB_NAME or MYSQL_NAME says
  local maria=MARIADB_$1 my=MYSQL_$1
  printf '%s' "${!maria:-${!my:-}}"
}
quote() { # a string of SQL
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\'\'}"
}
if [ ! -d "$data/mysql" ]; then
  root=$(given ROOT_PASSWORD)
  empty=$(given ALLOW_EMPTY_ROOT_PASSWORD)$(given ALLOW_EMPTY_PASSWORD)
  if [ -z "$root" ] && [ -z "$empty" ]; then
    echo 'Error: the database has no password. Give one: docker run -e MARIADB_ROOT_PASSWORD=secret mariadb' >&2
    echo '(or -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1, and anybody who reaches it may do everything).' >&2
    exit 1
  fi
  # --force: it need not find this container's name, which no account of it has.
  mariadb-install-db --datadir="$data" --auth-root-authentication-method=normal --skip-test-db --force >/tmp/first.log 2>&1 ||
    { cat /tmp/first.log >&2; exit 1; }
  # Nobody reaches it before it is whole.
  mariadbd --skip-networking --socket=/run/mysqld/first.sock --pid-file=/run/mysqld/first.pid 2>/tmp/first.log &
  server=$!
  for _ in $(seq 300); do
    mariadb-admin --socket=/run/mysqld/first.sock --user=root ping >/dev/null 2>&1 && break
    kill -0 "$server" 2>/dev/null || { cat /tmp/first.log >&2; exit 1; }
    sleep 0.1
  done
  database=$(given DATABASE) user=$(given USER)
  sql() { mariadb --socket=/run/mysqld/first.sock --user=root "$@"; }
  [ -z "$database" ] || sql -e "CREATE DATABASE IF NOT EXISTS \`${database//\`/\`\`}\`"
  if [ -n "$user" ]; then
    sql -e "CREATE USER $(quote "$user")@'%' IDENTIFIED BY $(quote "$(given PASSWORD)")"
    [ -z "$database" ] || sql -e "GRANT ALL ON \`${database//\`/\`\`}\`.* TO $(quote "$user")@'%'"
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    # shellcheck source=/dev/null
    case $file in
      *.sh) echo "running $file"; . "$file" ;;
      *.sql) echo "running $file"; sql ${database:+"$database"} <"$file" ;;
    esac
  done
  sql -e "CREATE USER 'root'@'%' IDENTIFIED BY $(quote "$root"); GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
    ALTER USER 'root'@'localhost' IDENTIFIED BY $(quote "$root")"
  kill "$server"
  wait "$server" || true
  echo 'The database is made; the server starts.'
fi
shift
exec mariadbd --bind-address=0.0.0.0 "$@"

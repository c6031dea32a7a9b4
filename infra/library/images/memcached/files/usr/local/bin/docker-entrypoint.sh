#!/bin/sh
# `docker run memcached -m 64` and `docker run memcached memcached -m 64` are the same.
set -e
case ${1-} in
  -*) set -- memcached "$@" ;;
esac
exec "$@"

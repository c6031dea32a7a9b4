# Environment and greeting of login shells; linked into /etc/profile.d. Kept to builtins: the first prompt waits for it.
export LANG=C.UTF-8 LC_ALL=C.UTF-8
export TERM="${TERM:-xterm-256color}"
export EDITOR="${EDITOR:-vim}"
# sshd shows the greeting itself.
if [ -n "${PS1-}" ] && [ -z "${SSH_CONNECTION-}" ] && [ -r /etc/motd ] && [ ! -e "$HOME/.hushlogin" ]; then
  while IFS= read -r drydock_line; do printf '%s\n' "$drydock_line"; done </etc/motd
  unset drydock_line
fi

/**
 * What a lab puts into its nodes' login shells: the lab's variables, and notes of what was run, for checks `ran` and `env`. Builtins alone: it
 * runs at every prompt. Shells of sessions without a lab have nothing of it.
 */

/** Where the shells note (node-agent/src/checks/look-script.ts reads it). */
const NOTES_DIR = '/run/drydock/shell-notes';
/** A file that login shells read after the node's own, which sets the prompt. */
export const PROFILE_PATH = '/etc/profile.d/zz-drydock-lab.sh';

const HOOK = String.raw`
if [ -n "$PS1" ] && [ -n "$BASH_VERSION" ] && mkdir -p ${NOTES_DIR} 2>/dev/null; then
_drydock_lab_note() {
  local status=$? pipes="${'$'}{PIPESTATUS[*]}"
  if [ "$_drydock_lab_ran" = 1 ]; then
    _drydock_lab_count=$((_drydock_lab_count + 1))
    [ $((_drydock_lab_count % 500)) = 0 ] && : >"${NOTES_DIR}/$$.commands"
    { printf '\036%s\t%s\t%s\t' "$EPOCHSECONDS" "$status" "$pipes"; HISTTIMEFORMAT='' history 1; } >>"${NOTES_DIR}/$$.commands" 2>/dev/null
    _drydock_lab_ran=0
  fi
  declare -x >"${NOTES_DIR}/$$.env" 2>/dev/null
  return $status
}
_drydock_lab_arm() { local status=$?; PS0='${'$'}{_drydock_lab_none:$((_drydock_lab_ran=1,0)):0}'"$PS0"; return $status; }
_drydock_lab_ran=0 _drydock_lab_none='' _drydock_lab_count=0
PROMPT_COMMAND="_drydock_lab_note; ${'$'}{PROMPT_COMMAND:-:}; _drydock_lab_arm"
fi
`;

/** The file's text. Values stand in single quotes: no shell reads anything into them. */
export function shellProfile(env: Readonly<Record<string, string>>): string {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`);
  return `${lines.join('\n')}\n${HOOK}`;
}

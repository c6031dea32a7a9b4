/** The commands that Instruqt's scripts call, in our own words: files on the nodes' PATH. */

const FAIL_MESSAGE = `#!/bin/sh
# Says to the learner what is missing. The check then fails, also where its script forgets to.
printf '%s\\n' "$*" >>"\${LAB_FAIL_MARK:-/dev/stderr}"
`;

const LAB_CHECK = `#!/bin/sh
# Runs an imported check; what it said by fail-message comes last, as the explanation.
LAB_FAIL_MARK=$(mktemp) || exit 1
export LAB_FAIL_MARK
"$@"
code=$?
if [ -s "$LAB_FAIL_MARK" ]; then
  cat "$LAB_FAIL_MARK" >&2
  code=1
fi
rm -f "$LAB_FAIL_MARK"
exit "$code"
`;

const AGENT = `#!/bin/sh
# agent variable set NAME VALUE, agent variable get NAME: one file for each name.
folder=/var/lib/lab-variables
case "$1 $2 $3" in
*/* | *..*) exit 1 ;;
"variable set "?*) mkdir -p "$folder" && printf '%s' "$4" >"$folder/$3" ;;
"variable get "?*) cat "$folder/$3" ;;
*) exit 1 ;;
esac
`;

const NOTHING = `#!/bin/sh
# Was for the other platform's page.
exit 0
`;

/** Path on each node → text. */
export const INSTRUQT_HELPERS: ReadonlyMap<string, string> = new Map([
  ['/usr/local/bin/fail-message', FAIL_MESSAGE],
  ['/usr/local/bin/lab-check', LAB_CHECK],
  ['/usr/local/bin/agent', AGENT],
  ['/usr/local/bin/set-status', NOTHING],
  ['/usr/local/bin/set-workdir', NOTHING],
]);

/** Scripts wait for this file before they begin. */
export const BOOTSTRAP_MARK = '/opt/instruqt/bootstrap/host-bootstrap-completed';

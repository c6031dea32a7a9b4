/** Every bound that more than one process must agree on, each with its reason. */

/** A JSON request body (bytes); the largest honest one is an `exec` with stdin. */
export const MAX_JSON_BODY_BYTES = 1024 * 1024;
/** One socket.io message (bytes): a terminal chunk or a JSON call, never a file. */
export const MAX_SOCKET_MESSAGE_BYTES = 1024 * 1024;
/** One socket.io message of an agent (bytes): an `exec` answer with both outputs full and every byte escaped in JSON. */
export const MAX_AGENT_MESSAGE_BYTES = 16 * 1024 * 1024;
/** One `terminal:input` (bytes); the page cuts larger pastes into pieces. */
export const MAX_TERMINAL_INPUT_BYTES = 64 * 1024;
/** One `terminal:output` (bytes): small enough that a key's echo never waits long behind it. */
export const MAX_TERMINAL_OUTPUT_BYTES = 64 * 1024;
/** Output log of a terminal (bytes): a reconnect within it gets exactly the bytes it missed. */
export const TERMINAL_LOG_BYTES = 1024 * 1024;
/** Bytes sent to one viewer and not yet acknowledged; where they are more than plain text, the time to a prompt after Ctrl-C grows with it. */
export const TERMINAL_WINDOW_BYTES = 192 * 1024;
/** A serialised screen (UTF-8 bytes), scrollback included: it travels as one message. */
export const MAX_SCREEN_BYTES = 768 * 1024;
/** Typed bytes that one terminal holds for a program that does not read; more is refused with RATE_LIMITED. */
export const MAX_PENDING_INPUT_BYTES = 256 * 1024;
/** Writers whose last input number a terminal remembers (each tab is one); the oldest is forgotten first. */
export const MAX_WRITERS_PER_TERMINAL = 256;
/** Terminals of one node. */
export const MAX_TERMINALS_PER_NODE = 32;
/** Viewers of one terminal: a class room and its teacher. */
export const MAX_VIEWERS_PER_TERMINAL = 100;
export const MIN_COLS = 2;
export const MAX_COLS = 1000;
export const MIN_ROWS = 1;
export const MAX_ROWS = 500;

/** `exec`: captured bytes of stdout and of stderr, each; more is cut and `truncated` is set. */
export const MAX_EXEC_OUTPUT_BYTES = 1024 * 1024;
export const MAX_EXEC_STDIN_BYTES = 512 * 1024;
export const MAX_EXEC_ARGUMENTS = 256;
export const MAX_EXEC_ARGUMENT_BYTES = 128 * 1024;
export const DEFAULT_EXEC_TIMEOUT_SECONDS = 30;
export const MAX_EXEC_TIMEOUT_SECONDS = 300;

/** Nodes of one session that the address plan allows: 192.168.0.11 to 192.168.0.110. An operator's own limit is lower. */
export const MAX_NODES_PER_SESSION = 100;
/** Ports of a node that are never opened: sshd, Docker's API, swarm management and gossip. */
export const CLOSED_PORTS: readonly number[] = [22, 2375, 2376, 2377, 7946];
/** Listening ports of one node that are reported; a node that opens more is shown these. */
export const MAX_REPORTED_PORTS = 256;

/** A session's name, as its owner writes it: a line in a header and in a list (characters). */
export const MAX_SESSION_NAME_LENGTH = 80;

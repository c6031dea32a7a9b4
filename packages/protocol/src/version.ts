/** The version of every message in this package; a manager speaks with agents of this version and the one before. */
export const PROTOCOL_VERSION = 1;

/** The oldest agent protocol that a manager of this version still accepts (version skew of one release). */
export const OLDEST_AGENT_PROTOCOL = 1;

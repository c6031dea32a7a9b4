/** The version of every message in this package; a manager speaks with agents of this version and the one before. */
export const PROTOCOL_VERSION = 2; // 2: session.rest, session.network

/** The oldest agent protocol that a manager of this version still accepts (version skew of one release). */
export const OLDEST_AGENT_PROTOCOL = 1;

/** The newest agent protocol that a manager of this version accepts: an agent may be upgraded before its manager, and is then asked nothing new. */
export const NEWEST_AGENT_PROTOCOL = PROTOCOL_VERSION + 1;

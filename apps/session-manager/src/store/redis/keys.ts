/** All keys have one hash tag, so that a script may touch several of them on a Redis Cluster too; docs/PROTOCOL.md lists them. */
const PREFIX = '{drydock}';

/** A key of ours: `keyOf('session', id)`. */
export const keyOf = (...parts: readonly string[]): string => [PREFIX, ...parts].join(':');

/** The registry of every error that crosses a process border: code, HTTP status, whether to retry, and what the user sees. */

/** What a caller may do next: `never` = the same call fails again, `later` = wait and repeat, `now` = repeat at once. */
export type Retry = 'never' | 'later' | 'now';

interface ErrorSpec {
  readonly status: number;
  readonly retry: Retry;
  readonly message: string;
}

const registry = {
  BAD_REQUEST: { status: 400, retry: 'never', message: 'The request is not of the right form.' },
  BAD_NAME: {
    status: 400,
    retry: 'never',
    message: 'A node name has 1 to 32 lower-case letters, digits and hyphens, and starts with a letter.',
  },
  BAD_PORT: { status: 400, retry: 'never', message: 'A port is a whole number from 1 to 65535.' },
  UNKNOWN_LAB: { status: 404, retry: 'never', message: 'There is no lab of that name.' },
  LAB_INVALID: {
    status: 422,
    retry: 'never',
    message: 'The lab cannot be used: its files have mistakes; `details` says which, and where.',
  },
  LAB_STATE: { status: 409, retry: 'never', message: 'The lab does not stand where that is possible.' },
  LAB_NOT_SOLVABLE: { status: 409, retry: 'never', message: 'A step on the way has no solution that could be run.' },
  LAB_SOURCE_REFUSED: {
    status: 403,
    retry: 'never',
    message: 'The operator of this place does not take labs from there.',
  },
  LAB_SOURCE_FAILED: { status: 502, retry: 'later', message: 'The lab could not be fetched from its place.' },
  UNKNOWN_TEMPLATE: { status: 400, retry: 'never', message: 'There is no template of that name.' },
  UNAUTHORIZED: { status: 401, retry: 'never', message: 'This call needs the token of one of the session’s links.' },
  SIGN_IN_REQUIRED: {
    status: 401,
    retry: 'never',
    message: 'Sign in first: sessions are created by people who signed in.',
  },
  WORK_REQUIRED: {
    status: 401,
    retry: 'now',
    message: 'Starting a session costs a little computing here; `details` says what, and the page does it by itself.',
  },
  SIGN_IN_REFUSED: { status: 403, retry: 'never', message: 'The sign-in did not succeed. Try again.' },
  FORBIDDEN: { status: 403, retry: 'never', message: 'Your link does not allow that.' },
  BLOCKED: { status: 403, retry: 'never', message: 'The operator of this place has blocked you for a time.' },
  EMBED_OFF: {
    status: 403,
    retry: 'never',
    message: 'This place shows nothing on pages of other sites.',
  },
  SITE_KEY_REFUSED: {
    status: 403,
    retry: 'never',
    message:
      'This page has no key of this place, or one that is not good any more. Its owner can ask the operator for one.',
  },
  SITE_ORIGIN_REFUSED: {
    status: 403,
    retry: 'never',
    message: 'The key on this page is for another site. Its owner can have this one added by the operator.',
  },
  SITE_CHOICE_REFUSED: {
    status: 403,
    retry: 'never',
    message: 'The key of this site does not allow that lab, that template or so many nodes.',
  },
  PORT_CLOSED: { status: 403, retry: 'never', message: 'That port is never opened to the outside.' },
  NOT_FOUND: { status: 404, retry: 'never', message: 'There is nothing here.' },
  SESSION_NOT_FOUND: {
    status: 404,
    retry: 'never',
    message: 'There is no such session, or your link does not open it.',
  },
  NODE_NOT_FOUND: { status: 404, retry: 'never', message: 'The session has no node of that name.' },
  TERMINAL_NOT_FOUND: { status: 404, retry: 'never', message: 'That terminal does not exist any more.' },
  FILE_NOT_FOUND: { status: 404, retry: 'never', message: 'There is no such file on the node.' },
  NODE_EXISTS: { status: 409, retry: 'never', message: 'The session already has a node of that name.' },
  USER_LIMIT: {
    status: 409,
    retry: 'never',
    message: 'You have as many sessions as you may have; end one of them first.',
  },
  ADDRESS_LIMIT: {
    status: 409,
    retry: 'later',
    message:
      'Your network address has as much of this place as one address may have. End a session or a node first, or wait until some end; where many people share one address, the operator can raise the bound.',
  },
  NODE_LIMIT: { status: 409, retry: 'never', message: 'The session has as many nodes as it may have.' },
  TERMINAL_LIMIT: { status: 409, retry: 'never', message: 'The node has as many terminals as it may have.' },
  NODE_NOT_READY: { status: 409, retry: 'later', message: 'The node is not ready for that yet.' },
  SESSION_FROZEN: {
    status: 409,
    retry: 'later',
    message: 'The operator of this place has frozen the nodes of this session.',
  },
  INPUT_OUT_OF_ORDER: {
    status: 409,
    retry: 'now',
    message: 'A piece of typing before this one is missing; `details.expected` is the number to go on with.',
  },
  SESSION_ENDED: { status: 410, retry: 'never', message: 'The session has ended.' },
  CONFLICT: { status: 412, retry: 'never', message: 'It was changed by somebody else in the meantime.' },
  BODY_TOO_LARGE: { status: 413, retry: 'never', message: 'The body is larger than this call takes.' },
  UNKNOWN_HOST: {
    status: 421,
    retry: 'never',
    message:
      'This place does not answer to that name. Its operator tells it its names: DRYDOCK_DOMAIN or DRYDOCK_PUBLIC_URL, and further ones by DRYDOCK_HOST_NAMES.',
  },
  RATE_LIMITED: { status: 429, retry: 'later', message: 'Too many requests. Wait a moment and try again.' },
  SITE_QUOTA_USED: {
    status: 429,
    retry: 'later',
    message: 'This site has begun as many sessions today as it may. Come back tomorrow (UTC).',
  },
  INTERNAL: { status: 500, retry: 'later', message: 'Something went wrong on our side. It was logged.' },
  PORT_REFUSED: { status: 502, retry: 'later', message: 'Nothing listens on that port of the node.' },
  NO_CAPACITY: { status: 503, retry: 'later', message: 'All hosts are full at the moment.' },
  SITE_LIMIT: {
    status: 503,
    retry: 'later',
    message: 'As many readers of this site work here as may at once. Wait until one is done.',
  },
  STARTS_STOPPED: { status: 503, retry: 'later', message: 'No new sessions are started here at the moment.' },
  HOST_UNAVAILABLE: { status: 503, retry: 'later', message: 'The host of this node is out of reach at the moment.' },
  STORE_UNAVAILABLE: { status: 503, retry: 'later', message: 'The session store is out of reach at the moment.' },
  RECORD_UNREADABLE: {
    status: 503,
    retry: 'later',
    message:
      'This was written by another release of Drydock, in a form that the one at work does not know. It is kept.',
  },
  SIGN_IN_UNAVAILABLE: {
    status: 503,
    retry: 'later',
    message: 'The place where you sign in is out of reach at the moment.',
  },
  SHUTTING_DOWN: { status: 503, retry: 'now', message: 'This process is stopping.' },
  EXEC_TIMEOUT: {
    status: 504,
    retry: 'never',
    message: 'The command took longer than its time limit and was stopped.',
  },
  PORT_TIMEOUT: { status: 504, retry: 'later', message: 'The program on that port did not answer in time.' },
  DISK_FULL: { status: 507, retry: 'never', message: 'The disk is full.' },
  NODE_CREATE_FAILED: {
    status: 500,
    retry: 'later',
    message: 'The node could not be made; nothing of it was left behind.',
  },
  AGENT_KEY_REJECTED: { status: 401, retry: 'never', message: 'The host’s key is not known to this manager.' },
  JOIN_TOKEN_REJECTED: {
    status: 401,
    retry: 'never',
    message: 'The token is wrong, was used already, or is too old; ask the operator for a new one.',
  },
  HOST_EXISTS: { status: 409, retry: 'never', message: 'A host of that name has joined already; choose another name.' },
  AGENT_NAME_TAKEN: { status: 409, retry: 'later', message: 'Another agent is connected under that host name.' },
  AGENT_VERSION: {
    status: 400,
    retry: 'never',
    message: 'The agent’s protocol version is not supported by this manager.',
  },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof registry;

/** All codes, for schemas and documentation. */
export const ERROR_CODES = Object.keys(registry) as [ErrorCode, ...ErrorCode[]];

/** The registry's entry of a code. */
export function errorSpec(code: ErrorCode): ErrorSpec {
  return registry[code];
}

/** The one error class that crosses process borders; `message` may sharpen the registry's sentence, never replace its code. */
export class DrydockError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message?: string, details?: Record<string, unknown>, options?: ErrorOptions) {
    super(message ?? registry[code].message, options);
    this.name = 'DrydockError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return registry[this.code].status;
  }

  get retry(): Retry {
    return registry[this.code].retry;
  }

  /** The form in which an error crosses a border. */
  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      retry: this.retry,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** `{error: ErrorBody}` is the body of every failed HTTP call and acknowledgement. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  retry: Retry;
  details?: Record<string, unknown>;
}

/** Any thrown value as a DrydockError: unknown ones become INTERNAL with the cause kept for the log, never shown. */
export function toDrydockError(thrown: unknown): DrydockError {
  return thrown instanceof DrydockError
    ? thrown
    : new DrydockError('INTERNAL', undefined, undefined, { cause: thrown });
}

/** Longest message of another process that is passed on (characters). */
const MAX_TOLD_MESSAGE = 2000;

/**
 * The error that another process told as ErrorBody, whatever it sent. A code that this release does not know, INTERNAL, and what is no error
 * at all are INTERNAL without its words: those are the cause, for the log.
 */
export function errorFromBody(body: unknown): DrydockError {
  const { code, message, details } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const words = typeof message === 'string' ? message.slice(0, MAX_TOLD_MESSAGE) : undefined;
  if (typeof code !== 'string' || !Object.hasOwn(registry, code) || code === 'INTERNAL') {
    return new DrydockError('INTERNAL', undefined, undefined, {
      cause: new Error(words ?? 'an error of no known form'),
    });
  }
  const isRecord = typeof details === 'object' && details !== null && !Array.isArray(details);
  return new DrydockError(code as ErrorCode, words, isRecord ? (details as Record<string, unknown>) : undefined);
}

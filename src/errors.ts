// Expected failures. Anything else that is thrown is a bug and becomes a 500 with a request id.

/** Codes are said from the person's side and are the keys of the translations (`errors.<code>`). */
const statuses = {
  // What a person typed.
  email_missing: 422,
  email_invalid: 422,
  phone_missing: 422,
  phone_invalid: 422,
  phone_not_mobile: 422,
  phone_country_refused: 422,
  identifier_missing: 422,
  identifier_invalid: 422,
  code_missing: 422,
  code_length: 422,
  code_wrong: 422,
  code_of_other_channel: 422,
  code_gone: 422,
  code_spent: 422,
  code_unsent: 422,
  user_code_missing: 422,
  user_code_wrong: 422,
  user_code_expired: 422,
  user_code_used: 422,
  choice_missing: 422,
  // Limits.
  tries_spent: 429,
  send_too_soon: 429,
  sends_spent: 429,
  user_code_tries_spent: 429,
  too_many_requests: 429,
  // Dead ends.
  form_stale: 403,
  origin_refused: 403,
  forbidden: 403,
  interaction_gone: 400,
  interaction_foreign: 400,
  request_invalid: 400,
  request_too_large: 413,
  not_found: 404,
  account_disabled: 403,
  unavailable: 503,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof statuses;

/** Details that a page may show or a header may carry; never an address, a code or a token. */
export type ErrorDetails = {
  /** Milliseconds since the epoch from which a new attempt makes sense. */
  retryAt?: number;
  /** Tries that are left before the challenge is dead. */
  triesLeft?: number;
  /** Digits that the code should have. */
  digits?: number;
  channel?: 'email' | 'phone';
  country?: string;
};

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(code, options);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return statuses[this.code];
  }

  /** With `expose`, how the protocol library tells an error that may be answered as it is from a bug. */
  get statusCode(): number {
    return this.status;
  }

  get expose(): boolean {
    return true;
  }
}

/** A store that an operator has to do something about before it can be used. The message says what: no bug, and no stack. */
export class StoreUnusable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreUnusable';
  }
}

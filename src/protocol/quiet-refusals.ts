// A refused token is an answer, and nobody reads where in the code it was made. The library makes that error before it knows whether it
// is needed, several times at each use of a token, and walking the stack for it, twice each, took a quarter of the time of userinfo.
import { errors } from 'oidc-provider';

const { InvalidToken, OIDCProviderError } = errors;

type Parent = new (...parts: unknown[]) => Error;

class Stackless extends (OIDCProviderError as unknown as Parent) {
  constructor(...parts: unknown[]) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      super(...parts);
    } finally {
      Error.stackTraceLimit = limit;
    }
  }
}

/** For the whole process. Every other error keeps its stack. */
export function spareStacksOfRefusals(): void {
  if (Object.getPrototypeOf(InvalidToken) === Stackless) return;
  Object.setPrototypeOf(InvalidToken, Stackless);
  const capture = Error.captureStackTrace;
  Error.captureStackTrace = (error, above) => {
    if (!(error instanceof InvalidToken)) capture(error, above);
  };
}

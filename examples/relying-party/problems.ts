// What can go wrong, in words for the person; what the protocol said is kept beside them for developers.
import { AuthorizationResponseError, ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';

type Words = { status: number; heading: string; explanation: string };
export type Problem = Words & { technical?: { error: string; description?: string } };

const ours = {
  unreachable: {
    status: 503,
    heading: 'Latchkey isn’t answering',
    explanation: 'It may still be starting. Wait a moment, then try again.',
  },
  unknown_sign_in: {
    status: 400,
    heading: 'This sign-in didn’t start here',
    explanation:
      'It was started in another browser, is already finished, or has been waiting too long. Nothing was shared. Please start again.',
  },
  untrusted_answer: {
    status: 400,
    heading: 'We couldn’t check Latchkey’s answer',
    explanation: 'The answer didn’t match what this app asked for, so it was thrown away. Please start again.',
  },
  not_fresh: {
    status: 400,
    heading: 'That sign-in wasn’t fresh',
    explanation: 'This app asked you to sign in anew, and the answer was about an earlier sign-in. Please start again.',
  },
  foreign_form: {
    status: 403,
    heading: 'That didn’t come from this app',
    explanation: 'Another site sent this form, so nothing was done. Go to the start page and use the buttons there.',
  },
  page_missing: {
    status: 404,
    heading: 'There is no page here',
    explanation: 'The address may be mistyped. The start page has everything this app can do.',
  },
  bad_request: { status: 400, heading: 'This app can’t read that request', explanation: 'Go to the start page and use the buttons there.' },
} satisfies Record<string, Words>;

const ended: Words = {
  status: 400,
  heading: 'This sign-in has ended',
  explanation: 'It ran out, or was ended at Latchkey. Please sign in again.',
};

// RFC 6749 sections 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6 and its unmet_authentication_requirements extension, RFC 6750 section 3.1.
const fromProvider: Record<string, Words> = {
  access_denied: {
    status: 403,
    heading: 'Nothing was shared',
    explanation: 'You chose not to sign in, and this app learned nothing about you. You can change your mind at any time.',
  },
  unmet_authentication_requirements: {
    status: 403,
    heading: 'This app needs a stronger sign-in',
    explanation:
      'It asked for a proof that your account can’t give yet, such as a verified phone number. Add one at Latchkey, then try again.',
  },
  invalid_grant: ended,
  invalid_token: ended,
  temporarily_unavailable: ours.unreachable,
  server_error: { status: 502, heading: 'Latchkey had a problem', explanation: 'It isn’t your fault. Wait a moment, then try again.' },
};

const otherwise: Words = {
  status: 502,
  heading: 'Latchkey couldn’t do what this app asked',
  explanation: 'The way this app is registered may be wrong. Its developer will find the reason below.',
};

const unexpected: Words = { status: 500, heading: 'Something broke', explanation: 'This app made a mistake. Please try again.' };

/** Thrown by this app itself. */
export class Refusal extends Error {
  readonly code: keyof typeof ours;
  constructor(code: keyof typeof ours, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) {
    const reason = error.cause instanceof Error ? reasonOf(error.cause) : undefined;
    return { ...ours[error.code], technical: reason ? { error: error.code, description: reason } : undefined };
  }
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    return said(error.error, error.error_description);
  }
  // A 401: `invalid_client` from the token endpoint, `invalid_token` from userinfo.
  if (error instanceof WWWAuthenticateChallengeError) {
    const { error: code = `http_${error.status}`, error_description: description } = error.cause[0]?.parameters ?? {};
    return said(code, description);
  }
  if (error instanceof ClientError)
    return { ...ours.untrusted_answer, technical: { error: error.code ?? error.name, description: reasonOf(error) } };
  // What fetch throws when nobody listens.
  if (error instanceof TypeError && error.message === 'fetch failed') return { ...ours.unreachable, technical: { error: reasonOf(error) } };
  return unexpected;
}

function said(error: string, description?: string): Problem {
  const words = Object.hasOwn(fromProvider, error) ? fromProvider[error] : undefined;
  return { ...(words ?? otherwise), technical: { error, description } };
}

/** The innermost message: libraries wrap what really happened. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}

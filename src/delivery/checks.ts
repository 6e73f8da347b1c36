// Whether messages could leave now: the mail server takes our credentials, Twilio ours, and the sender's domain says so in DNS.
// Nothing is sent, and nothing that is said of it repeats a credential.
import type { DeliverySettings } from './open.ts';
import { smtpConnection } from './smtp-connection.ts';

/** `todo`: what the operator can do about it. */
export type Checked = { status: 'ok' | 'warn' | 'fail'; says: string; todo?: string };

type MailError = { code?: string; responseCode?: number };

/** nodemailer's codes; a reply's own words may hold anything. */
function explainMail({ code = 'unexpected', responseCode }: MailError): Pick<Checked, 'says' | 'todo'> {
  const reply = responseCode ? ` (reply ${responseCode})` : '';
  switch (code) {
    case 'EAUTH':
      return {
        says: `The mail server refuses the user or the password${reply}.`,
        todo: 'Mend them in SMTP_URL; percent-encode special letters.',
      };
    case 'ETLS':
    case 'EREQUIRETLS':
      return { says: 'No TLS could be agreed on with the mail server.', todo: 'Use smtps:// (465), or a server that offers STARTTLS.' };
    case 'EDNS':
    case 'ENOTFOUND':
      return { says: 'The mail server’s name is not found.', todo: 'Mend the host in SMTP_URL.' };
    default:
      return {
        says: `The mail server can't be used: ${code}${reply}.`,
        todo: 'See that it runs, and that this machine may reach its port.',
      };
  }
}

/** Connects, greets and authenticates (RFC 5321, 4.1.1.1; RFC 4954). */
export async function checkMail({ email, smtpUrl = '', timeoutSeconds }: DeliverySettings): Promise<Checked> {
  if (email === 'outbox') {
    return { status: 'warn', says: 'Emails stay in the development outbox.', todo: 'Set SMTP_URL, so that people get them.' };
  }
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(smtpConnection(smtpUrl, timeoutSeconds * 1000));
  try {
    await transport.verify();
    const { username, host } = new URL(smtpUrl);
    return { status: 'ok', says: `The mail server ${host} answers${username ? ', and takes the credentials' : ''}.` };
  } catch (error) {
    return { status: 'fail', ...explainMail(error as MailError) };
  } finally {
    transport.close();
  }
}

const twilioApi = 'https://api.twilio.com';

type TwilioAccount = { status?: unknown; type?: unknown };

/** Reads the account resource (Twilio's REST API, 2010-04-01). */
export async function checkTexts({ sms, twilioAccountSid = '', twilioAuthToken = '', ...rest }: DeliverySettings): Promise<Checked> {
  if (sms === 'none')
    return {
      status: 'warn',
      says: 'No texts are sent: phone numbers can’t be proven.',
      todo: 'Set Twilio’s credentials, if they shall be.',
    };
  if (sms === 'outbox')
    return { status: 'warn', says: 'Texts stay in the development outbox.', todo: 'Set Twilio’s credentials, so that people get them.' };
  const base = (rest.twilioApiUrl ?? twilioApi).replace(/\/+$/, '');
  const answer = await fetch(`${base}/2010-04-01/Accounts/${encodeURIComponent(twilioAccountSid)}.json`, {
    headers: { authorization: `Basic ${Buffer.from(`${twilioAccountSid}:${twilioAuthToken}`).toString('base64')}` },
    signal: AbortSignal.timeout(rest.timeoutSeconds * 1000),
    redirect: 'manual',
  }).catch(() => undefined);
  if (!answer) return { status: 'fail', says: 'Twilio can’t be reached.', todo: `See that this machine may reach ${new URL(base).host}.` };
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
    return {
      status: 'fail',
      says: `Twilio refuses the credentials (${answer.status}).`,
      todo: 'Mend TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.',
    };
  }
  const account = answer.status === 200 ? ((await answer.json().catch(() => undefined)) as TwilioAccount | undefined) : undefined;
  if (!account)
    return {
      status: 'fail',
      says: `Twilio answers ${answer.status}, and no account.`,
      todo: 'Try again later; see status.twilio.com, and TWILIO_API_URL if it is set.',
    };
  if (account.status !== 'active')
    return { status: 'fail', says: 'The Twilio account is suspended or closed.', todo: 'See the Twilio console.' };
  if (account.type === 'Trial')
    return { status: 'warn', says: 'The Twilio account is a trial: only numbers that are verified there get texts.', todo: 'Upgrade it.' };
  return { status: 'ok', says: 'Twilio takes the credentials, and the account is active.' };
}

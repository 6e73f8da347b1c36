// A local HTTP endpoint that stands for Twilio's REST API in tests: records every request and answers as scripted.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInbox } from './inbox.ts';

/** How one request is answered. Whatever is not scripted is 'ok'. */
export type TwilioAnswer =
  /** 201, queued. */
  | 'ok'
  /** 400, code 21211: not a valid number. */
  | 'refuse'
  /** Takes the request and never answers. */
  | 'silence'
  /** Takes the request and resets the connection. */
  | 'reset'
  | { status: number; headers?: Record<string, string>; body?: unknown };

export type TwilioRequest = {
  method: string;
  path: string;
  user: string;
  password: string;
  /** The form's fields, as sent: To, From or MessagingServiceSid, Body, … */
  form: Record<string, string>;
};

export type ReceivedText = { to: string; text: string; from: string };

const ids = { account: `AC${'0'.repeat(32)}`, message: `SM${'0'.repeat(32)}` };

const read = async (request: IncomingMessage): Promise<TwilioRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const credentials = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
  const colon = credentials.indexOf(':');
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    user: credentials.slice(0, colon),
    password: credentials.slice(colon + 1),
    form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
  };
};

const reply = (response: ServerResponse, answer: Exclude<TwilioAnswer, string>) =>
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(JSON.stringify(answer.body ?? {}));

const refusal = { status: 400, body: { code: 21211, message: "Invalid 'To' Phone Number", status: 400 } };
const created = (form: TwilioRequest['form']) => ({
  status: 201,
  body: { sid: ids.message, status: 'queued', to: form.To, body: form.Body },
});

export const startTwilioApi = async ({ port = 0 } = {}) => {
  const script: TwilioAnswer[] = [];
  const requests: TwilioRequest[] = [];
  const inbox = createInbox<ReceivedText>('text');

  const server = createServer(async (incoming, response) => {
    const request = await read(incoming);
    const answer = script.shift() ?? 'ok';
    requests.push(request);
    if (answer === 'silence') return;
    if (answer === 'reset') return void incoming.socket.resetAndDestroy();
    if (answer === 'refuse') return void reply(response, refusal);
    if (answer !== 'ok') return void reply(response, answer);
    const { To = '', Body = '', From, MessagingServiceSid = '' } = request.form;
    inbox.add({ to: To, text: Body, from: From ?? MessagingServiceSid });
    reply(response, created(request.form));
  });
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    accountSid: ids.account,
    authToken: 'twilio-token-of-a-test',
    /** Every request, oldest first, however it was answered. */
    requests,
    /** The texts that were accepted, oldest first. */
    texts: inbox.items,
    /** Connections that were opened so far. */
    get connections() {
      return connections;
    },
    /** How the next requests are answered, one entry each. */
    script: (...next: TwilioAnswer[]) => void script.push(...next),
    next: inbox.next,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

export type TwilioApi = Awaited<ReturnType<typeof startTwilioApi>>;

// An example relying party: `ISSUER=… CLIENT_ID=… CLIENT_SECRET=… PORT=… node examples/relying-party/server.ts`.
// This file is the HTTP around it; openid.ts is what to read first.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOpenId } from './openid.ts';
import { layout } from './pages/layout.ts';
import { problemPage } from './pages/problem.ts';
import { problemOf, Refusal } from './problems.ts';
import { createRoutes } from './routes.ts';
import type { Answer, Visit } from './routes.ts';
import { createSessions } from './sessions.ts';

export type RelyingPartySettings = { issuer: string; port: number; host?: string; clientId: string; clientSecret: string };

const mostFormBytes = 4096;
const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** Registered at the provider: `<url>/callback` as redirect_uri, `<url>/` as post_logout_redirect_uri. Port 0 takes a free one. */
export async function startRelyingParty(settings: RelyingPartySettings): Promise<{ url: string; close(): Promise<void> }> {
  const { port, host = '127.0.0.1', ...registration } = settings;
  const stylesheet = await readFile(new URL('style.css', import.meta.url));

  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const url = new URL(`http://${name}:${(server.address() as AddressInfo).port}`).origin;

  const sessions = createSessions();
  const openId = createOpenId({ ...registration, redirectUri: `${url}/callback`, postLogoutRedirectUri: `${url}/` });
  const routes = createRoutes(openId, sessions);

  async function answer(request: IncomingMessage, response: ServerResponse, visit: Visit): Promise<Answer> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = routes[`${method} ${visit.url.pathname}`];
    if (!route) throw new Refusal('page_missing');
    if (method === 'POST') {
      // Browsers name the page a form was sent from. SameSite alone would let a foreign form start a sign-in.
      if ((request.headers.origin ?? url) !== url) throw new Refusal('foreign_form');
      visit.form = await readForm(request);
    }
    response.statusCode = 200;
    return route(visit);
  }

  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
    // Appended, not resolved: a request line that names another host stays a path here.
    if (!URL.canParse(url + request.url)) return response.writeHead(400).end();
    const visit: Visit = { url: new URL(url + request.url), form: new URLSearchParams(), session: sessions.find(request.headers.cookie) };
    if (visit.url.pathname === '/style.css') return response.setHeader('Content-Type', 'text/css; charset=utf-8').end(stylesheet);
    // http://localhost has other cookies than http://127.0.0.1, where Latchkey sends people back to.
    if (request.method === 'GET' && request.headers.host !== visit.url.host)
      return response.writeHead(303, { Location: visit.url.href }).end();

    const idBefore = visit.session?.id;
    const result = await answer(request, response, visit).catch((error: unknown) => {
      const problem = problemOf(error);
      if (problem.status === 500) console.error(error);
      response.statusCode = problem.status;
      return { title: problem.heading, content: problemPage(problem) };
    });
    if (visit.session?.id !== idBefore) response.setHeader('Set-Cookie', sessions.cookie(visit.session));
    if ('location' in result) return response.writeHead(303, { Location: result.location }).end();
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    return response.end(layout(registration, result.title, result.content).markup);
  });

  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= mostFormBytes) text += chunk;
  }
  if (bytes > mostFormBytes) throw new Refusal('bad_request');
  return new URLSearchParams(text);
}

if (import.meta.main) {
  const { ISSUER = 'http://localhost:3000', CLIENT_ID = 'example', CLIENT_SECRET, PORT = '4000' } = process.env;
  if (!CLIENT_SECRET) {
    console.error('CLIENT_SECRET is missing: the secret that this client was registered with at the provider.');
    process.exit(1);
  }
  const { url } = await startRelyingParty({ issuer: ISSUER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, port: Number(PORT) });
  console.log(`Example relying party on ${url}`);
}

// An example API: `ISSUER=… AUDIENCE=… PORT=… node examples/api/server.ts`. Orders are shown to whoever may see them; a refund
// takes a sign-in with email and phone, within the last five minutes. access.ts is what to read first.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Challenge, createAccess, type AccessToken, type Demand } from './access.ts';

export type ApiSettings = { issuer: string; audience: string; port: number };

const operations: Record<string, { demand: Demand; answer: (token: AccessToken) => object }> = {
  'GET /orders': {
    demand: { scope: 'orders' },
    answer: ({ sub }) => ({ orders: [{ id: 1, of: sub, total: '12.00' }] }),
  },
  'POST /orders/1/refund': {
    demand: { scope: 'orders', acrValues: ['urn:latchkey:acr:email-phone'], maxAge: 300 },
    answer: () => ({ refunded: '12.00' }),
  },
};

export async function startApi({ issuer, audience, port }: ApiSettings): Promise<{ url: string; close(): Promise<void> }> {
  const check = await createAccess({ issuer, audience });

  const server = createServer(async (request, response) => {
    const reply = (status: number, body: object) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    const operation = operations[`${request.method} ${request.url}`];
    if (!operation) return reply(404, { error: 'not_found' });
    try {
      return reply(200, operation.answer(await check(request.headers.authorization, operation.demand)));
    } catch (error) {
      if (!(error instanceof Challenge)) return reply(503, { error: 'temporarily_unavailable' });
      response.setHeader('WWW-Authenticate', error.header);
      return reply(error.status, { error: error.message });
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

if (import.meta.main) {
  const { ISSUER = 'http://localhost:3000', AUDIENCE = 'https://api.example/', PORT = '4001' } = process.env;
  const { url } = await startApi({ issuer: ISSUER, audience: AUDIENCE, port: Number(PORT) });
  console.log(`Example API on ${url}`);
}

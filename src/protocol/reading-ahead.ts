// Reads that a request is going to need are asked for together, as soon as they are known, where each is a way to another machine.
// The library asks for one after the other. Of a row that was read ahead its request sees one state, until it has written to its home:
// then it is read again.
import { type AdapterPayload, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { currentAnswer } from './answers.ts';
import type { Kind, Records, Row, Storage } from '../storage/port.ts';

export type ReadAhead = (kind: Kind, key: string) => void;

type Begun = Map<string, Promise<Row | undefined>>;

/** @returns the storage to be read from, and what begins a read; where nothing is distant they change nothing and do nothing */
export function createReadingAhead(storage: Storage): { storage: Storage; readAhead: ReadAhead } {
  if (!storage.distant) return { storage, readAhead: () => {} };
  const { records } = storage;
  const requests = new WeakMap<object, Begun>();
  const placeOf = (kind: Kind, key: string) => `${kind}:${key}`;

  const get = <V>(kind: Kind, key: string): Promise<Row<V> | undefined> => {
    const answer = currentAnswer();
    const begun = answer && requests.get(answer)?.get(placeOf(kind, key));
    return (begun as Promise<Row<V> | undefined> | undefined) ?? records.get<V>(kind, key);
  };

  /** What comes after a write must not be older than it. */
  function forgetting<A extends unknown[], R>(write: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      const answer = currentAnswer();
      if (answer) requests.delete(answer);
      return write(...args);
    };
  }

  const { insert, insertInTurn, replace, put, mark, bump, remove, removeAll } = records;
  const reading: Records = {
    ...records,
    get,
    insert: forgetting(insert),
    insertInTurn: forgetting(insertInTurn),
    replace: forgetting(replace),
    put: forgetting(put),
    mark: forgetting(mark),
    bump: forgetting(bump),
    remove: forgetting(remove),
    removeAll: forgetting(removeAll),
  };

  function readAhead(kind: Kind, key: string): void {
    const answer = currentAnswer();
    if (!answer) return;
    const begun = requests.get(answer) ?? new Map<string, Promise<Row | undefined>>();
    requests.set(answer, begun);
    const place = placeOf(kind, key);
    if (begun.has(place)) return;
    const row = records.get(kind, key);
    row.catch(() => undefined); // told to whoever asks for it
    begun.set(place, row);
  }

  return { storage: { ...storage, records: reading }, readAhead };
}

/** Where a request's rows lie. */
type Places = { grantKey(grantId: string): string; consentKey(account: string, client: string): string };

/** What follows from a model that was just found. */
export function createForesight(readAhead: ReadAhead, { grantKey, consentKey }: Places) {
  const clientOf = (ctx: KoaContextWithOIDC | undefined) => ctx?.oidc.params?.client_id ?? ctx?.query.client_id;

  function foreseePerson(account: string, client: unknown): void {
    readAhead('account', account);
    if (typeof client === 'string') readAhead('consent', consentKey(account, client));
  }

  return function foresee(model: string, payload: AdapterPayload): void {
    switch (model) {
      case 'AccessToken':
      case 'AuthorizationCode':
      case 'RefreshToken':
        if (payload.grantId) readAhead('Grant', grantKey(payload.grantId));
        // Introspection says what a token is good for, and nothing of its person.
        if (payload.accountId)
          foreseePerson(payload.accountId, Provider.ctx?.oidc.route === 'introspection' ? undefined : payload.clientId);
        return;
      case 'Session': {
        const client = clientOf(Provider.ctx);
        if (payload.accountId) foreseePerson(payload.accountId, client);
        const grantId = typeof client === 'string' ? payload.authorizations?.[client]?.grantId : undefined;
        if (grantId) readAhead('Grant', grantKey(grantId));
        return;
      }
      case 'Interaction': {
        const account = payload.result?.login?.accountId ?? payload.session?.accountId;
        if (account) foreseePerson(account, payload.params?.client_id);
      }
    }
  };
}

export type Foresight = ReturnType<typeof createForesight>;

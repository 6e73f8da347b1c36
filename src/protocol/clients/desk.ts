// What an operator does with clients: adds, looks at, changes, removes, and invites some to register themselves. Everything is in the
// store when it is done, and holds on every node within a second.
import type { ClientMetadata, Provider } from 'oidc-provider';
import type { Stored } from '../../domain/sealed-rows.ts';
import { layOver, renamesPeople } from './changes.ts';
import { checkMetadata, ClientRefused, RenamesRefused } from './metadata.ts';
import { type ClientLogos, LogoRefused } from './logos.ts';
import type { ClientRecords, Origin, StoredClient } from './records.ts';
import type { ClientRemoval } from './removal.ts';
import { changeSecret, drawSecret, needsSecret, withItsSecret, withoutSecrets } from './secrets.ts';
import { explainRefusal } from './fixed.ts';

/** `file`: it stands in CLIENTS_FILE, and only changes there. */
export type KnownClient = { id: string; origin: Origin | 'file'; metadata: ClientMetadata; createdAt?: number; changedAt?: number };

export type ClientDesk = ReturnType<typeof createClientDesk>;

type Deps = {
  provider: Provider;
  clientRecords: ClientRecords;
  removal: ClientRemoval;
  logos: ClientLogos;
  now: () => number;
  /** Those of CLIENTS_FILE. They win: the store's client of the same id is not reachable. */
  fixed: readonly ClientMetadata[];
};

export function createClientDesk({ provider, clientRecords, removal, logos, now, fixed }: Deps) {
  /** @throws {ClientRefused} */
  function check(metadata: ClientMetadata): void {
    const problems = checkMetadata(metadata).map(({ member, words }) => `${member}: ${words}`);
    if (problems.length > 0) throw new ClientRefused(problems);
    const refusal = explainRefusal(provider, metadata);
    if (refusal) throw new ClientRefused([refusal]);
  }

  /** @throws {ClientRefused} what is wrong with the picture */
  async function putLogo(id: string, picture: Buffer): Promise<string> {
    try {
      return await logos.put(id, picture);
    } catch (error) {
      throw error instanceof LogoRefused ? new ClientRefused([`logo: ${error.message}`]) : error;
    }
  }

  function refuseFixed(id: string): void {
    if (fixed.some((client) => client.client_id === id)) throw new ClientRefused([`${id} stands in CLIENTS_FILE: change it there`]);
  }

  /** @throws {ClientRefused} */
  async function getStored(id: string) {
    refuseFixed(id);
    const stored = await clientRecords.get(id);
    if (!stored) throw new ClientRefused([`there is no client ${id}`]);
    return stored;
  }

  /** @throws {ClientRefused} where somebody else was quicker */
  async function replace(stored: Stored<StoredClient>, metadata: ClientMetadata): Promise<void> {
    if (!(await clientRecords.replace(stored, metadata)))
      throw new ClientRefused([`${metadata.client_id} was changed meanwhile; look at it again`]);
  }

  const describe = ({ metadata, ...rest }: StoredClient): KnownClient => ({ id: metadata.client_id, metadata, ...rest });
  const describeFixed = ({ client_secret: _, ...metadata }: ClientMetadata): KnownClient => ({
    id: metadata.client_id,
    origin: 'file',
    metadata,
  });

  return {
    /**
     * @param logo a picture's bytes
     * @returns the secret, which is shown this once
     * @throws {ClientRefused}
     */
    async add(given: ClientMetadata, logo?: Buffer): Promise<{ metadata: ClientMetadata; secret?: string }> {
      refuseFixed(given.client_id);
      const { metadata, secret } = withItsSecret(given);
      check(metadata);
      if (await clientRecords.get(given.client_id)) throw new ClientRefused([`there is a client ${given.client_id} already`]);
      const pictured = logo ? { ...metadata, logo: await putLogo(given.client_id, logo) } : metadata;
      if (!(await clientRecords.insert(pictured, 'operator'))) throw new ClientRefused([`there is a client ${given.client_id} already`]);
      return { metadata: withoutSecrets(pictured), secret };
    },

    /** Those of CLIENTS_FILE first, then in the order in which they were made. */
    async list(): Promise<KnownClient[]> {
      return [...fixed.map(describeFixed), ...(await clientRecords.list()).map(describe)];
    },

    async find(id: string): Promise<KnownClient | undefined> {
      const inFile = fixed.find((client) => client.client_id === id);
      if (inFile) return describeFixed(inFile);
      const stored = await clientRecords.get(id);
      return stored && describe(stored.value);
    },

    /** @throws {ClientRefused} */
    async remove(id: string): Promise<void> {
      refuseFixed(id);
      if (!(await removal.remove(id))) throw new ClientRefused([`there is no client ${id}`]);
    },

    /**
     * Lays answers over a client's metadata; what is undefined among them is left out from then on.
     * @param logo a picture's bytes
     * @param renames whether all its people may get another `sub` there
     * @returns also a secret, where it has only now come to need one
     * @throws {ClientRefused}
     */
    async update(id: string, answers: Partial<ClientMetadata>, { logo, renames = false }: { logo?: Buffer; renames?: boolean }) {
      const stored = await getStored(id);
      const { metadata: before, origin } = stored.value;
      if (origin === 'registration') throw new ClientRefused([`${id} has registered itself, and changes itself (RFC 7592)`]);
      const { metadata, secret } = withItsSecret(layOver(before, answers));
      check(metadata);
      if (!renames && renamesPeople(before, metadata))
        throw new RenamesRefused([`everybody would get another sub or phone_pseudonym at ${id}: --yes does it`]);
      const pictured = logo ? { ...metadata, logo: await putLogo(id, logo) } : metadata;
      await replace(stored, pictured);
      // It would go with the client at the latest: no reason to keep back a secret that is told this once.
      if (typeof before.logo === 'string' && before.logo !== pictured.logo) await logos.remove(before.logo).catch(() => undefined);
      return { metadata: withoutSecrets(pictured), secret };
    },

    /** @param keepSeconds how long the old secret still works; without it, and whatever is older, it ends within a second. @throws {ClientRefused} */
    async rotateSecret(id: string, { keepSeconds = 0 } = {}): Promise<string> {
      const stored = await getStored(id);
      const { metadata, origin } = stored.value;
      // Its next update (RFC 7592) says what there is of it.
      if (keepSeconds > 0 && origin === 'registration')
        throw new ClientRefused([`${id} has registered itself: its old secret can't be kept`]);
      if (!needsSecret(metadata.token_endpoint_auth_method)) throw new ClientRefused([`${id} has no secret`]);
      const secret = drawSecret();
      const until = keepSeconds > 0 ? Math.ceil(now() / 1000) + keepSeconds : undefined;
      await replace(stored, changeSecret(metadata, secret, until));
      return secret;
    },

    /** An initial access token: so many clients may register themselves with it, for so long. */
    async invite({ uses, seconds }: { uses: number; seconds: number }): Promise<string> {
      const InitialAccessToken = provider.InitialAccessToken as unknown as new (of: object) => { save(): Promise<string> };
      return new InitialAccessToken({ expiresIn: seconds, uses }).save();
    },
  };
}

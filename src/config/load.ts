// Loads the settings: profile < CONFIG_FILE < SECRETS_FILE < environment < overrides. Every problem is told at once.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkSettings, describeSetting } from './check.ts';
import { readClients } from './clients.ts';
import { placeData } from './data-folder.ts';
import { getVariable, readEnvironment } from './environment.ts';
import type { Surroundings } from './environment.ts';
import { findExampleUrl, placeExample } from './example-client.ts';
import { freezeDeep } from './freeze.ts';
import { openGeneratedSecrets } from './generated-secrets.ts';
import { mergeLayers, pickSettings, readLayer } from './layers.ts';
import type { Given, Merged } from './layers.ts';
import { failOn, SettingsError } from './problems.ts';
import type { About, Problem } from './problems.ts';
import { checkRules, listMissingSecrets } from './rules.ts';
import type { ClientMetadata, Configured, Mode, Settings } from './schema/index.ts';
import { chooseVendors } from './vendors.ts';

export type LoadOptions = Surroundings & {
  /** NODE_ENV if left out, and development without one. */
  mode?: Mode;
  /** Groups of settings laid over everything else. */
  overrides?: object;
  /** Told what a person should know of, one line at a time. */
  notice?(line: string): void;
  /** The folder of the profiles, `<mode>.json`. */
  profiles?: string;
};

const ownProfiles = fileURLToPath(new URL('../../config', import.meta.url));

/** @throws {SettingsError} naming every problem */
export function loadSettings(options: LoadOptions): Settings {
  const { cwd, notice = () => {}, mode = readMode(options.env) } = options;
  const problems: Problem[] = [];
  const given = readLayers({ ...options, mode }, problems);
  const configured = checkSettings(given, problems);
  // A setting that is wrong in itself would only break the rules in misleading ways.
  const wrong = new Set(problems.map(({ setting }) => setting));
  const isToldAlready = (setting: string) => wrong.has(setting) || (wrong.has('SECRETS_FILE') && setting.startsWith('secrets.'));
  const broken = checkRules(configured, mode).filter(([setting]) => !isToldAlready(setting));
  problems.push(...broken.map(([setting, words]) => ({ ...describeSetting(setting, given), words })));
  const registered = readRegistered(configured, { ...options, about: describeSetting('clients.file', given), mode, notice }, problems);
  failOn(problems);

  const { url, folder } = placeData(configured.database.url, cwd);
  let complete = configured;
  if (listMissingSecrets(configured).length > 0) {
    const generated = openGeneratedSecrets({ folder, notice }, problems);
    // Where the file can't be read, nothing is known of what it holds.
    failOn(problems);
    complete = checkSettings(new Map([...mergeLayers([generated]), ...given]), problems);
    const isWrong = (setting: string) => problems.some((problem) => problem.setting === setting);
    const missing = listMissingSecrets(complete).map((name) => `secrets.${name}`);
    problems.push(
      ...missing.filter((setting) => !isWrong(setting)).map((setting) => ({ setting, source: generated[0]?.source, words: 'is missing' })),
    );
    failOn(problems);
  }

  const { server, database, delivery, secrets } = complete;
  return freezeDeep({
    ...complete,
    mode,
    dataFolder: folder ?? resolve(cwd, 'data'),
    // As browsers write it: without the port 80.
    server: { ...server, issuer: server.issuer ?? new URL(`http://localhost:${server.port}`).origin },
    database: { ...database, url },
    delivery: { ...delivery, ...chooseVendors(delivery, mode) },
    secrets: secrets as Settings['secrets'],
    clients: { registered },
  });
}

/** `about`: where the file was named. */
type Reading = { about: About; mode: Mode; notice(line: string): void; profiles?: string };

/** Those of the file; in development it is our own with the example app, unless another one is named. */
function readRegistered({ clients, protocol, server }: Configured, reading: Reading, problems: Problem[]): readonly ClientMetadata[] {
  const { about, mode, notice, profiles = ownProfiles } = reading;
  if (!clients.file) return [];
  if (protocol.profile === 'fapi2' && about.source === join(profiles, 'development.json')) {
    notice('The example app is left out: FAPI 2.0 takes no client that signs in with a secret.');
    return [];
  }
  const registered = readClients(clients.file, about, problems);
  const url = findExampleUrl(mode, server);
  return url === undefined ? registered : placeExample(registered, url);
}

function readMode(env: Surroundings['env']): Mode {
  const mode = getVariable(env, 'NODE_ENV') ?? 'development';
  if (mode === 'development' || mode === 'test' || mode === 'production') return mode;
  throw new SettingsError([{ setting: 'NODE_ENV', words: 'must be development, test or production' }]);
}

/** What belongs together and is switched on together: `PROFILE=fapi2`. */
function readNamedProfile(name: string, folder: string, problems: Problem[]): Given[] {
  if (name === 'fapi2') return readLayer({ file: join(folder, `${name}.json`), variable: 'PROFILE' }, problems);
  problems.push({ setting: 'PROFILE', words: 'must be fapi2, or left out' });
  return [];
}

/** Weakest first. */
function readLayers(options: LoadOptions & { mode: Mode }, problems: Problem[]): Merged {
  const { env, cwd, mode, overrides = {}, profiles = ownProfiles } = options;
  const profile = join(profiles, `${mode}.json`);
  const named = getVariable(env, 'PROFILE');
  const configFile = getVariable(env, 'CONFIG_FILE');
  const secretsFile = getVariable(env, 'SECRETS_FILE');
  const fromFile = secretsFile ? readLayer({ file: resolve(cwd, secretsFile), variable: 'SECRETS_FILE', group: 'secrets' }, problems) : [];
  const fromEnvironment = readEnvironment({ env, cwd }, problems);
  for (const { setting, source } of fromEnvironment)
    if (fromFile.some((given) => given.setting === setting))
      problems.push({ setting, source: `${source}, SECRETS_FILE`, words: 'is given twice; keep one' });
  return mergeLayers([
    existsSync(profile) ? readLayer({ file: profile }, problems) : [],
    named ? readNamedProfile(named, profiles, problems) : [],
    configFile ? readLayer({ file: resolve(cwd, configFile), variable: 'CONFIG_FILE' }, problems) : [],
    fromFile,
    fromEnvironment,
    pickSettings(overrides, { source: 'overrides', folder: cwd }, problems),
  ]);
}

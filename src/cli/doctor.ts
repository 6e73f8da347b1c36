// `latchkey doctor`: looks at everything that a deployment stands on, and says of each thing what is wrong and what to do. Nothing is
// changed, nothing is sent, and no secret is told.
import { loadSettings } from '../config/load.ts';
import { SettingsError } from '../config/problems.ts';
import type { ClientMetadata, Settings } from '../config/schema/index.ts';
import { checkMail, checkTexts, type Checked } from '../delivery/checks.ts';
import { checkSender, openNames } from '../delivery/sender-dns.ts';
import type { KeyInfo } from '../keys/signing/key.ts';
import { type Operator, openOperator } from '../operator.ts';
import { checkStoreIsThere } from '../storage/upkeep.ts';
import { readArguments } from './arguments.ts';
import { sayAsCalled } from './called.ts';
import type { Command, Context } from './command.ts';
import { describeFinding, type Finding } from './doctor/finding.ts';
import { checkIssuer } from './doctor/issuer.ts';
import { checkProxy, chooseClient } from './doctor/proxy.ts';
import { checkSecretsFile } from './doctor/secrets-file.ts';
import { judgeKeys } from './doctor/signing-keys.ts';
import { checkDisk, checkStore } from './doctor/store.ts';

export const doctor: Command = {
  summary: 'Looks at all that a deployment stands on, and says what is wrong and what to do',
  forms: ['doctor [--json]'],
  notes: 'Settings, store, signing keys, clients, the issuer over DNS, proxy and TLS, clocks, mail, texts. Nothing is changed.',
  async run(context) {
    const { json } = readArguments(context.args, { json: { type: 'boolean' } }).values;
    const findings = (await examine(context)).map((finding) => nameIn(finding, context.program));
    const failed = findings.some(({ status }) => status === 'fail');
    context.print(json ? JSON.stringify({ ok: !failed, checks: findings }) : findings.map(describeFinding).join('\n'));
    return failed ? 1 : 0;
  },
};

async function examine({ env, cwd, warn }: Context): Promise<Finding[]> {
  let settings: Settings;
  try {
    settings = loadSettings({ env, cwd, notice: warn });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [{ check: 'settings', status: 'fail', says: onOneLine(error.message), todo: 'Mend them; everything else rests on them.' }];
  }
  const told: Finding[] = [{ check: 'settings', status: 'ok', says: `All are valid (${settings.mode}).` }, ...checkSecretsFile(env, cwd)];
  const delivery = checkDelivery(settings);
  const { findings, keys, clients = settings.clients.registered } = await examineStore(settings);
  const { issuer } = settings.server;
  const outside = await Promise.all([checkIssuer(issuer, keys), checkProxy(issuer, chooseClient(clients))]);
  return [...told, ...findings, ...outside.flat(), ...(await delivery)];
}

/** The store, and what lies in it; a store that can't be opened is one finding more. */
async function examineStore(settings: Settings): Promise<{ findings: Finding[]; keys?: KeyInfo[]; clients?: readonly ClientMetadata[] }> {
  let operator: Operator;
  try {
    checkStoreIsThere(settings.database.url);
    operator = await openOperator(settings);
  } catch (error) {
    const todo = 'See DATABASE_URL and REDIS_URL; the first start of a node makes an embedded store.';
    return { findings: [{ check: 'store', status: 'fail', says: (error as Error).message, todo }] };
  }
  try {
    const findings = [await checkStore(operator.storage, operator.now()), ...(await checkDisk(settings.database.url))];
    if (findings[0]?.status === 'fail') return { findings };
    const { keys, finding } = await examineKeys(operator, settings);
    if (!keys) return { findings: [...findings, finding] };
    const known = await examineClients(operator);
    return { findings: [...findings, finding, ...known.findings], keys, clients: known.clients };
  } finally {
    await operator.close();
  }
}

async function examineKeys({ signingKeys, now }: Operator, settings: Settings): Promise<{ finding: Finding; keys?: KeyInfo[] }> {
  try {
    const keys = await signingKeys.list();
    return { keys, finding: judgeKeys(keys, settings.signingKeys, now()) };
  } catch (error) {
    const todo = 'Give every node, and the doctor, the secrets that the store was written with (SECRETS_FILE).';
    return { finding: { check: 'signing keys', status: 'fail', says: (error as Error).message, todo } };
  }
}

/** Those of the file and of the store; one that is wrong would keep a node from starting. */
async function examineClients({ openClients }: Operator): Promise<{ findings: Finding[]; clients?: ClientMetadata[] }> {
  try {
    const clients = (await (await openClients()).list()).map(({ metadata }) => metadata as ClientMetadata);
    return { findings: [], clients };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return {
      findings: [{ check: 'clients', status: 'fail', says: onOneLine(error.message), todo: 'Mend them: no node starts with them.' }],
    };
  }
}

function nameIn({ says, todo, ...finding }: Finding, program: string): Finding {
  return { ...finding, says: sayAsCalled(says, program), todo: todo && sayAsCalled(todo, program) };
}

const onOneLine = (text: string) => text.replace(/\n\s*/g, ' ').trim();

async function checkDelivery({ delivery }: Settings): Promise<Finding[]> {
  const name = (check: string, checked: Checked): Finding => ({ check, ...checked });
  const [mail, texts, sender] = await Promise.all([
    checkMail(delivery),
    checkTexts(delivery),
    delivery.email === 'smtp' ? checkSender(delivery.from, openNames()) : undefined,
  ]);
  const names = sender ? [name('sender: MX', sender.mx), name('sender: SPF', sender.spf), name('sender: DMARC', sender.dmarc)] : [];
  return [name('mail', mail), ...names, name('texts', texts)];
}

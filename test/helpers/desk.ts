// A program with a relying party of it: what most stories begin with.
import type { Program } from './program.ts';
import { createRelyingParty, type RelyingParty } from './relying-party.ts';

export type Desk = { program: Program; party: RelyingParty };

export const openDesk = async (program: Program): Promise<Desk> => ({ program, party: await createRelyingParty(program.issuer) });

// Reads a CPU profile: how much time each package, file and function took itself, and together with what Node did for it.
import { join, relative } from 'node:path';

export type CpuProfile = {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[];
  samples: number[];
  /** Microseconds between samples. */
  timeDeltas: number[];
};

/** Microseconds per flow. */
export type Times = { self: number; withNode: number };
export type Summary = { packages: Map<string, Times>; files: Map<string, Times>; functions: Map<string, Times> };

type Frame = CpuProfile['nodes'][number]['callFrame'];
type Place = { package: string; file: string; function: string };

const repository = join(import.meta.dirname, '../..');
const profiler = 'bench/servers/profiler.ts';

/** V8's own words for what is no JavaScript function. */
const idle = '(idle)';
const root = '(root)';

/** Microseconds between samples that were not idle: by the clock, so that they grow where others hold the core. */
export function sumBusy({ nodes, samples, timeDeltas }: CpuProfile): number {
  const idling = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === idle).map(({ id }) => id));
  return samples.reduce((sum, id, at) => sum + (idling.has(id) ? 0 : (timeDeltas[at] ?? 0)), 0);
}

export function sumUp({ nodes, samples, timeDeltas }: CpuProfile, flows: number): Summary {
  const own = new Map<number, number>();
  samples.forEach((id, at) => own.set(id, (own.get(id) ?? 0) + (timeDeltas[at] ?? 0)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const summary: Summary = { packages: new Map(), files: new Map(), functions: new Map() };

  function add(place: Place, kind: keyof Times, micros: number): void {
    for (const [map, key] of [
      [summary.packages, place.package],
      [summary.files, place.file],
      [summary.functions, place.function],
    ] as const) {
      const times = map.get(key) ?? { self: 0, withNode: 0 };
      times[kind] += micros / flows;
      map.set(key, times);
    }
  }

  // Depth first, with the nearest caller that is not Node itself.
  const open: { id: number; caller: Place | undefined }[] = [{ id: nodes[0]!.id, caller: undefined }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { callFrame, children = [] } = byId.get(next.id)!;
    const place = placeOf(callFrame);
    const micros = own.get(next.id) ?? 0;
    const answering = isNode(place) ? next.caller : place;
    if (micros > 0 && callFrame.functionName !== idle && answering?.file !== profiler) {
      add(place, 'self', micros);
      add(answering ?? place, 'withNode', micros);
    }
    for (const id of children) open.push({ id, caller: answering });
  }
  return summary;
}

const isNode = ({ package: name }: Place) => name === 'node' || name === root;

function placeOf({ functionName, url, lineNumber }: Frame): Place {
  const name = functionName || '(anonymous)';
  if (url === '' || url.startsWith('node:')) {
    if (name === root) return { package: root, file: root, function: root };
    // Garbage collection and the loop itself ("(program)": native code between callbacks) are nobody's.
    if (url === '' && name.startsWith('(') && name !== '(anonymous)') return { package: name, file: name, function: name };
    return { package: 'node', file: url || 'native', function: `${name} ${url || 'native'}` };
  }
  // A compiled view names itself by its path, in quotation marks.
  const path = decodeURIComponent(url.replace(/^file:\/\/|"/g, ''));
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)/.exec(path);
  const file = inPackage ? `${inPackage[1]}/${inPackage[2]}` : relative(repository, path);
  const room = inPackage?.[1] ?? file.split('/').slice(0, 2).join('/');
  return { package: room, file, function: `${name} ${file}:${lineNumber + 1}` };
}

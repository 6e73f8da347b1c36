// Makes the rows of the nth person out of the template's, by putting the one's names for the other's.
import type { KeyedRow, Kind } from '../../src/storage/port.ts';
import { inventIds, nameKeys, type Names } from './names.ts';
import type { Template, TemplateRow } from './template.ts';

export type Row = { kind: Kind; row: KeyedRow };

export type Multiply = {
  /** Rows that are everybody's: signing keys, a client's sector. */
  shared: Row[];
  rowsOf(nth: number): Row[];
};

export function multiply({ keys, names, rows }: Template): Multiply {
  const members = Object.keys(names) as (keyof Names)[];
  const memberOf = new Map(members.map((member) => [names[member], member]));
  const anyName = new RegExp([...memberOf.keys()].map((name) => name.replaceAll('.', '\\.')).join('|'), 'g');

  const isPersonal = ({ row, text }: TemplateRow) =>
    text.match(anyName) !== null || Object.values(row.indexes).some((value) => memberOf.has(value));
  const personal = rows.filter(isPersonal);
  for (const { kind, row } of personal)
    if (!memberOf.has(row.key)) throw new Error(`bench/accounts/names.ts does not know what the keys of ${kind} hang on`);

  function rename({ kind, row, sealed, text }: TemplateRow, to: Names): Row {
    const nameOf = (name: string) => to[memberOf.get(name)!] ?? name;
    const key = nameOf(row.key);
    const value = JSON.parse(text.replace(anyName, nameOf)) as unknown;
    const indexes = Object.fromEntries(Object.entries(row.indexes).map(([index, name]) => [index, nameOf(name)]));
    return { kind, row: { ...row, key, indexes, value: sealed ? keys.seal(value, `${kind}:${key}`) : value } };
  }

  return {
    shared: rows.filter((one) => !isPersonal(one)),
    rowsOf(nth) {
      const to = nameKeys(keys, inventIds(nth, names));
      return personal.map((one) => rename(one, to));
    },
  };
}

// Tables that a program's text indexes.

/** The entry of `table` under `key`; never one of Object's own (`toString`, `constructor`). */
export function lookup<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.prototype.hasOwnProperty.call(table, key) ? table[key] : undefined
}

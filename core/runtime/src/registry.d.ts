/** Made of core/engine/registry.json by scripts/tables.mjs: kind, status, names with blanks between. */
declare module 'lodger:registry' {
  const table: Record<string, Record<string, string>>
  export default table
}

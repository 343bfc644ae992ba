// What the base library looks at of the engine's tables, as short as it can be.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const table = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'engine', 'registry.json')

/** `lodger:registry`: of the table of functions, for each kind and status the names in one text. */
export const smallRegistry = {
  name: 'small-registry',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^lodger:registry$/ }, ({ path }) => ({ path, namespace: 'registry' }))
    onLoad({ filter: /.*/, namespace: 'registry' }, () => {
      const groups = {}
      for (const { name, kind, status } of JSON.parse(readFileSync(table, 'utf8'))) {
        if (kind === 'internal') continue
        const names = ((groups[kind] ??= {})[status] ??= [])
        names.push(name)
      }
      const texts = Object.entries(groups).map(([kind, statuses]) => [
        kind,
        Object.fromEntries(Object.entries(statuses).map(([status, names]) => [status, names.join(' ')])),
      ])
      return {
        contents: JSON.stringify(Object.fromEntries(texts)),
        loader: 'json',
        watchFiles: [table],
      }
    })
  },
}

/** Of the table of components, what works. Tests see all of it. */
export const smallComponents = {
  name: 'small-components',
  setup({ onLoad }) {
    onLoad({ filter: /engine[/\\]components\.json$/ }, ({ path }) => {
      const rows = JSON.parse(readFileSync(path, 'utf8')).map(({ tag, status, attributes, events }) => ({
        tag,
        status,
        attributes,
        events,
      }))
      return { contents: JSON.stringify(rows), loader: 'json' }
    })
  },
}

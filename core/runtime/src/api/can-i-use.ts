// wx.canIUse: `request`, `request.object.url`, `button.open-type.share`, `getSystemInfoSync.return.theme`.
import { commonRow, componentRows } from '../components/component-table'
import { registered, statusOf } from './registry'

/**
 * Whether a function, or an attribute or event of a component, works. Parameters and fields of a function are not told
 * apart, nor are the values of an attribute: they count as usable when what they belong to is.
 */
export function canIUse(schema: unknown): boolean {
  const [name = '', part] = String(schema).split('.')
  // A method with a row of its own: `FileSystemManager.readFile`.
  const method = part === undefined ? undefined : statusOf(`${name}.${part}`)
  if (method) return method !== 'none'
  // Any other object is there when what makes it works: `CameraContext.takePhoto`.
  const makers = [name, `create${name}`, `get${name}`]
  if (name === 'console' || (name !== '' && makers.some(registered))) return true
  const row = componentRows.find(({ tag }) => tag === name)
  if (!row || row.status === 'none') return false
  return part === undefined || [row, commonRow].some((known) => known && has(known, part))
}

function has({ attributes, events }: { attributes: string[]; events: string[] }, name: string): boolean {
  return attributes.includes(name) || events.includes(name.replace(/^(?:bind|catch):?/, ''))
}

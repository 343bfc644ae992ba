// wx.canIUse: `request`, `request.object.url`, `button.open-type.share`, `getSystemInfoSync.return.theme`.
import { registered } from './registry'

const COMPONENT = /^[a-z]+(?:-[a-z]+)*$/

/**
 * Whether a function or component works. Parameters, fields and attributes are not told apart: they count as usable
 * when what they belong to is.
 */
export function createCanIUse(isComponent: (tag: string) => boolean) {
  return (schema: unknown): boolean => {
    const [name = '', member = ''] = String(schema).split('.')
    // A method of an object: `FileSystemManager.readFile`.
    if (registered(`${name}.${member}`)) return true
    return registered(name) !== undefined || (COMPONENT.test(name) && isComponent(name))
  }
}

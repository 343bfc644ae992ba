// wx.canIUse: `request`, `request.object.url`, `button.open-type.share`, `getSystemInfoSync.return.theme`.

const COMPONENT = /^[a-z]+(?:-[a-z]+)*$/

/**
 * Whether a function or component exists. Parameters, fields and attributes are not told apart: they count as usable
 * when what they belong to is.
 */
export function createCanIUse(wx: Record<string, unknown>, isComponent: (tag: string) => boolean) {
  return (schema: unknown): boolean => {
    const [name = ''] = String(schema).split('.')
    if (name in wx) return true
    return COMPONENT.test(name) && isComponent(name)
  }
}

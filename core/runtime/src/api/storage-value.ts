// Typed values as the text that the engine stores: one letter for the type, then the value. WeChat keeps numbers,
// strings, booleans, objects, arrays, null, undefined and dates apart, and gives back what was put in.

/** Encodes a value. Throws a `TypeError` for what WeChat cannot store: functions, symbols, cycles. */
export function encodeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `s${value}`
    case 'number':
      return `n${Object.is(value, -0) ? '-0' : value}`
    case 'boolean':
      return `b${value ? 1 : 0}`
    case 'undefined':
      return 'u'
    case 'object':
      if (value === null) return 'o'
      if (value instanceof Date) return `d${value.getTime()}`
      try {
        return `j${JSON.stringify(value)}`
      } catch {
        throw new TypeError('the value has a cycle and cannot be stored')
      }
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`)
  }
}

/** Decodes what {@link encodeValue} made; text of another origin comes back as it is. Of any type, like JSON's. */
export function decodeValue(text: string): any {
  const rest = text.slice(1)
  switch (text[0]) {
    case 's':
      return rest
    case 'n':
      return Number(rest)
    case 'b':
      return rest === '1'
    case 'u':
      return undefined
    case 'o':
      return null
    case 'd':
      return new Date(Number(rest))
    case 'j':
      try {
        return JSON.parse(rest)
      } catch {
        return rest
      }
    default:
      return text
  }
}

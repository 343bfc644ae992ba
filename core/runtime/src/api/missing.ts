// Functions that WeChat has and Lodger has not: they exist, so that a page can ask for them, and fail when called
// (ADR 0007). Each is told to the host once, when it is first called.
import type { Reporter } from '../framework/reporter'
import { asyncFunction, failure } from './call'
import type { Row } from './registry'

/** Makes the function for a row that does not work. */
export function missingFunction({ name, kind }: Row, reporter: Reporter): (given?: unknown) => unknown {
  const missing = (): void => reporter.missing(`wx.${name}`)
  switch (kind) {
    case 'async':
    case 'device': {
      const fail = asyncFunction(name, () => Promise.reject(failure(name, 'not supported')), reporter)
      return (given) => {
        missing()
        return fail(given)
      }
    }
    case 'event':
      // A listener for what never happens does no harm; throwing would end a page that only listens to be safe.
      return missing
    default:
      return () => {
        missing()
        const { errMsg } = failure(name, 'not supported')
        throw Object.assign(new Error(errMsg), { errMsg })
      }
  }
}

// wx.getRandomValues and wx.getUserCryptoManager.
import type { Reporter } from '../framework/reporter'
import { asyncFunction, failure } from './call'
import { missingFunction } from './missing'
import type { Work } from './typed'
import type { Implementations } from './wx'

/** Most bytes at a time: what browsers give, and WeChat's limit. */
const MOST = 65_536

const randomValues: Work<'getRandomValues'> = ({ length }) => {
  if (!Number.isInteger(length) || length < 1 || length > MOST)
    throw failure('getRandomValues', `length should be between 1 and ${MOST}`, 1001)
  return { randomValues: crypto.getRandomValues(new Uint8Array(length)).buffer }
}

/** Adds the functions. */
export function addRandom(own: Implementations, reporter: Reporter): void {
  own.async('getRandomValues', randomValues, { length: 'Number' })
  // The user's key is the server's to give.
  const getLatestUserKey = missingFunction(
    { name: 'getLatestUserKey', kind: 'async', status: 'none' },
    reporter,
  )
  const getRandomValues = asyncFunction('getRandomValues', randomValues, reporter, { length: 'Number' })
  own.set({
    getUserCryptoManager: () => ({
      getRandomValues: (option) => void getRandomValues(option),
      getLatestUserKey: (option) => void getLatestUserKey(option),
    }),
  })
}

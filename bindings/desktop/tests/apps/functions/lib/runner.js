// Runs the rows of cases/. A row is one of
//
//   { api, args, ok }      called with the object, by callback and by promise: succeeds; `ok` describes the result
//   { api, args, fail }    the same, fails: `fail` is the whole errMsg (a text, or a pattern); `errno` if documented
//   { api, with, gives }   called with this list of arguments: `gives` describes what it returns
//   { api, with, throws }  the same, throws: the error's errMsg or message
//   { api, check }         anything else: `check(t)` is awaited and throws when something is wrong
//
// and may have `before(t)` and `after(t)`, run around each call, `tap`: a CSS selector that a person taps while the call
// waits (`tapText`: of those, the one with this text), and `name`, where a line needs telling apart. `args` and `with`
// may be functions of `t`. `FileSystemManager.access` is a method of the object that `wx.getFileSystemManager` returns;
// such methods, and rows with `callbackOnly`, have no promise. A row that `needs` something of `t` runs where that is set.
//
// A result is described by WeChat's documentation: `{ field: 'Number' }` is the type of each field (`'Number?'` may be
// absent), any other value must be equal, a function gets the value and says whether it is right. In a text, write
// `is('text')` for equality with a text, since a bare text is a type.
const typeName = (value) => Object.prototype.toString.call(value).slice(8, -1)
const show = (value) => {
  if (value instanceof Error) return value.stack || value.message
  if (typeof value === 'function') return 'a function'
  try {
    return JSON.stringify(value) || String(value)
  } catch (error) {
    return String(value)
  }
}

/** Exactly this value. */
const is = (wanted) => Object.assign((value) => show(value) === show(wanted), { wanted: show(wanted) })

const describe = (wanted) =>
  typeof wanted === 'function' ? wanted.wanted || 'what the row asks' : show(wanted)

/** Why `value` is not as described; empty if it is. */
function unlike(value, wanted, at = 'the result') {
  if (wanted === undefined) return ''
  if (typeof wanted === 'function')
    return wanted(value) ? '' : `${at} is ${show(value)}, not ${describe(wanted)}`
  if (typeof wanted === 'string') {
    if (wanted.endsWith('?') && value === undefined) return ''
    const type = wanted.replace('?', '')
    return typeName(value) === type ? '' : `${at} is ${show(value)}, not of type ${type}`
  }
  if (wanted !== null && typeof wanted === 'object' && !Array.isArray(wanted)) {
    if (value === null || typeof value !== 'object') return `${at} is ${show(value)}, not an object`
    for (const [name, field] of Object.entries(wanted)) {
      const why = unlike(value[name], field, `${at}.${name}`)
      if (why) return why
    }
    return ''
  }
  return show(value) === show(wanted) ? '' : `${at} is ${show(value)}, not ${show(wanted)}`
}

function assert(holds, why, value) {
  if (!holds) throw new Error(value === undefined ? why : `${why}: ${show(value)}`)
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until `holds` does. */
async function until(holds, what = 'what was waited for') {
  const end = Date.now() + 30000
  for (;;) {
    const value = holds()
    if (value) return value
    assert(Date.now() < end, `${what} did not come`)
    await pause(20)
  }
}

/** Ends with `promise`, or with an error after a while that no call needs. */
function within(promise, what) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} never ended`)), 40000)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** What the name in a row means: an object, and which of its functions. */
function named(api) {
  const [owner, method] = api.split('.')
  return method ? [wx[`get${owner}`](), method] : [wx, owner]
}

/** One call by callbacks: who was called, in order, and with what. */
function byCallback(api, args) {
  const [on, name] = named(api)
  const calls = []
  return new Promise((resolve, reject) => {
    const returned = on[name]({
      ...args,
      success: (value) => calls.push(['success', value]),
      fail: (value) => calls.push(['fail', value]),
      complete(value) {
        calls.push(['complete', value])
        const [[first, answer], second, ...more] = calls
        if (calls.length !== 2 || more.length > 0)
          reject(new Error(`called back ${calls.map(([name]) => name)}`))
        else if (answer !== second[1]) reject(new Error('complete got another object'))
        else resolve({ failed: first === 'fail', answer })
      },
    })
    // Tasks (request, uploadFile) are returned by both forms.
    if (returned && typeof returned.then === 'function' && typeof returned.abort !== 'function')
      reject(new Error('a promise was returned although there are callbacks'))
  })
}

async function byPromise(api, args) {
  try {
    return { failed: false, answer: await wx[api](args) }
  } catch (answer) {
    return { failed: true, answer }
  }
}

const errMsgOf = (error) => (error && (error.errMsg || error.message)) || show(error)
const matches = (text, wanted) => (wanted instanceof RegExp ? wanted.test(text) : text === wanted)

function judge(row, { failed, answer }) {
  const wants = row.fail !== undefined ? row.fail : `${named(row.api)[1]}:ok`
  assert(failed === (row.fail !== undefined), failed ? 'failed' : 'did not fail', answer)
  assert(answer && matches(answer.errMsg, wants), `errMsg is ${show(answer && answer.errMsg)}, not ${wants}`)
  if (row.errno !== undefined) assert(answer.errno === row.errno, `errno is not ${row.errno}`, answer)
  const why = failed ? '' : unlike(answer, row.ok)
  assert(!why, why)
}

/**
 * Asks whoever runs the program to tap, in turn: `css`, a selector, and `text`, that of the node if it tells it apart;
 * then to pick the files `choose` in the chooser that opens, or to wait until the node is `gone`.
 */
const tap = (...targets) => console.log(`TAP ${JSON.stringify(targets)}`)
const tell = (row) => row.tap && tap({ css: row.tap, text: row.tapText })
const given = (value, t) => (typeof value === 'function' ? value(t) : value)

async function runRow(row, t, say) {
  const step = async (how, work) => {
    const name = [row.api, how, row.name].filter(Boolean).join(' ')
    try {
      if (row.before) await within(Promise.resolve(row.before(t)), 'before')
      const result = work()
      tell(row)
      await within(Promise.resolve(result), 'the call')
      if (row.after) await within(Promise.resolve(row.after(t)), 'after')
      say(true, name)
    } catch (error) {
      say(false, name, error instanceof Error ? error.message : show(error))
    }
  }
  if (row.check) return step('', () => row.check(t))
  if (row.args !== undefined) {
    const what = row.fail === undefined ? '' : show(row.args).slice(0, 80)
    await step(`callback ${what}`, async () => judge(row, await byCallback(row.api, given(row.args, t))))
    if (row.callbackOnly || row.api.includes('.')) return undefined
    return step(`promise ${what}`, async () => judge(row, await byPromise(row.api, given(row.args, t))))
  }
  return step(row.throws === undefined ? '' : 'throws', () => {
    let value
    try {
      const [on, name] = named(row.api)
      value = on[name](...given(row.with || [], t))
    } catch (error) {
      assert(row.throws !== undefined, 'threw', error)
      assert(matches(errMsgOf(error), row.throws), `threw ${show(errMsgOf(error))}, not ${row.throws}`)
      return
    }
    assert(row.throws === undefined, 'did not throw', value)
    const why = unlike(value, row.gives)
    assert(!why, why)
  })
}

/** Runs everything; resolves with the lines. */
async function run(rows, t) {
  const counts = {}
  for (const { api } of rows) counts[api] = (counts[api] || 0) + 1
  console.log(`CASES ${JSON.stringify(counts)}`)
  const lines = []
  for (const row of rows.filter(({ last, needs }) => !last && (!needs || t[needs]))) {
    await runRow(row, t, (passed, name, why) => {
      const line = passed ? `PASS ${name}` : `FAIL ${name}: ${why}`
      lines.push({ passed, text: line })
      console.log(line)
    })
  }
  return lines
}

/** Rows for pairs `onX`, `offX` whose event a program cannot cause: listeners come and go, and nothing else is taken. */
function events(...names) {
  return names.flatMap((name) => [
    { api: `on${name}`, with: [() => undefined], gives: is(undefined) },
    { api: `on${name}`, with: [], gives: is(undefined), name: 'without a listener' },
    { api: `off${name}`, with: [() => undefined], gives: is(undefined) },
    { api: `off${name}`, with: [], gives: is(undefined), name: 'all' },
  ])
}

/** Every method that WeChat's typings give an object. */
const methods = (...names) => Object.fromEntries(names.map((name) => [name, 'Function']))

/** Fails unless `value` is as described. */
function expect(value, wanted) {
  const why = unlike(value, wanted)
  assert(!why, why)
}

/** WeChat's sentence about a parameter. */
const wrong = (api, name, wanted, got = 'Undefined') =>
  `${api}:fail parameter error: parameter.${name} should be ${wanted} instead of ${got};`

module.exports = {
  run,
  tap,
  is,
  assert,
  expect,
  unlike,
  until,
  pause,
  events,
  methods,
  wrong,
  typeName,
  show,
}

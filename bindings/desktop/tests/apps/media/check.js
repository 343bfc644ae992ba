// Checks of a page: each logs one line, `PASS name` or `FAIL name: why`; `done` ends them.
const waiting = []

/** Runs one check: it fails when it throws, rejects, or is not done after ten seconds. */
async function check(name, run) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('not done after ten seconds')), 10000)
  })
  try {
    await Promise.race([run(), late])
    console.info(`PASS ${name}`)
  } catch (error) {
    console.info(`FAIL ${name}: ${(error && (error.errMsg || error.message)) || error}`)
  }
  clearTimeout(timer)
}

function equal(is, wanted) {
  const [a, b] = [JSON.stringify(is), JSON.stringify(wanted)]
  if (a !== b) throw new Error(`${a} is not ${b}`)
}

function truthy(value, what) {
  if (!value) throw new Error(what)
}

/** Resolves with the next event of a name that `tell` gets. */
function next(name) {
  return new Promise((resolve) => waiting.push({ name, resolve }))
}

function tell(name, detail) {
  for (const item of waiting.filter((item) => item.name === name)) {
    waiting.splice(waiting.indexOf(item), 1)
    item.resolve(detail)
  }
}

module.exports = { check, equal, truthy, next, tell }

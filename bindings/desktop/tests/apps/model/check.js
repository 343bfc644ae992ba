// One line of the console for each check: the test counts them.
export function check(name, passed, seen) {
  console.log(`${passed ? 'PASS' : 'FAIL'} ${name}${passed ? '' : ` ${JSON.stringify(seen)}`}`)
}

export const equal = (name, seen, wanted) => check(name, JSON.stringify(seen) === JSON.stringify(wanted), seen)

export const tick = () => new Promise((resolve) => wx.nextTick(resolve))

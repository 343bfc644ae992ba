// Checks of the base library in a real page: each line of the console is `PASS name` or `FAIL name: why`.
const log = []
App({
  log,
  order: [],
  onLaunch() {
    this.order.push('App.onLaunch')
  },
  onShow() {
    this.order.push('App.onShow')
  },
  check(name, ok, why) {
    console.log(ok ? `PASS ${name}` : `FAIL ${name}: ${typeof why === 'string' ? why : JSON.stringify(why)}`)
  },
})

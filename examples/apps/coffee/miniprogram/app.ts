// Lodger Coffee: the program itself.
import { strings } from './i18n/index'
import { arrive } from './store/visit'
import { offerUpdate } from './utils/update'

App({
  onLaunch(options) {
    arrive(options.query)
    offerUpdate(strings().update)
  },

  // A guest who scans another table's tag comes back to the running program.
  onShow(options) {
    arrive(options.query)
  },
})

// All areas. Another area is another file and a line here.
module.exports = [
  ...require('./storage.js'),
  ...require('./information.js'),
  ...require('./page.js'),
  ...require('./dialogs.js'),
  ...require('./measuring.js'),
  ...require('./events.js'),
  ...require('./objects.js'),
  ...require('./network.js'),
  ...require('./permission.js'),
  ...require('./navigation.js'),
]

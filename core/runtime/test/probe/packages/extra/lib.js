exports.name = 'extra'

exports.load = (limit) => require('./items.json').slice(0, limit)

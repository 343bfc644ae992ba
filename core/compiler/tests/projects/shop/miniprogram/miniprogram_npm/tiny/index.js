exports.limit = 5

exports.unused = true

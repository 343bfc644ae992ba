module.exports = { name: 'late' }

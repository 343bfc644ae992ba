// A behavior that relations aim at.
module.exports = Behavior({})

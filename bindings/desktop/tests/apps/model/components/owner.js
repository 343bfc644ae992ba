// The other side of a relation by behavior.
module.exports = Behavior({})

// Calls every function of `wx` that works, with good, wrong and missing arguments, by callback and by promise, and says
// in one console line each what came of it. Rows are in cases/, one file for each area; lib/runner.js says what they are.
App({ shown: [] })

// Stands in, in the bundle, for packages that our dependencies load and that are never called.
module.exports = {};
